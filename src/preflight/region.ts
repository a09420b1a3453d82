import type { PreflightCheck } from './check.ts';

/** The functions have to be where the pool is: Cognito calls triggers of its own region. */
export function checkRegion(poolRegion: string, region: string | undefined): PreflightCheck {
  return {
    name: 'region',
    async run() {
      if (region === undefined) {
        return {
          status: 'warn',
          detail: `AWS_REGION is not set; the pool is in ${poolRegion}`,
          todo: `set AWS_REGION=${poolRegion}, or deploy with --region ${poolRegion}`,
        };
      }
      if (region === poolRegion) return { status: 'ok', detail: region };
      return {
        status: 'fail',
        detail: `AWS_REGION is ${region}, but the pool is in ${poolRegion}`,
        todo: `set AWS_REGION=${poolRegion}`,
      };
    },
  };
}
