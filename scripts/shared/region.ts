/**
 * The region for AWS clients: `AWS_REGION` or `AWS_DEFAULT_REGION`, unless it is empty, else the one that the id of the pool
 * begins with.
 */
export function regionOf(
  userPoolId: string,
  env: Record<string, string | undefined>,
): { region?: string } {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || userPoolId.split('_')[0];
  return region ? { region } : {};
}
