import { apiError, invalid, ok } from './actions.ts';
import type { CognitoAnswer, CognitoRequestBody } from './types.ts';

/** As IdentityProviderType, with the client secret in ProviderDetails (API reference; docs/facts.md#cognito-secrets). */
export interface StrictIdentityProvider {
  ProviderName: string;
  ProviderType: string;
  ProviderDetails: Record<string, string>;
  AttributeMapping?: Record<string, string>;
}

/** API reference, ListIdentityProviders: MaxResults is 60 at most, and `Providers` has 50 members at most. */
const LONGEST_PAGE = 50;
const DATE = Date.UTC(2025, 0, 1) / 1000;

/** ListIdentityProviders (MaxResults 0 to 60, NextToken) and DescribeIdentityProvider, after the API reference. */
export function createIdentityProviderActions(
  providers: StrictIdentityProvider[] = [],
): Record<string, (body: CognitoRequestBody) => CognitoAnswer> {
  function list({ MaxResults = LONGEST_PAGE, NextToken }: CognitoRequestBody): CognitoAnswer {
    if (!Number.isInteger(MaxResults) || Number(MaxResults) < 0 || Number(MaxResults) > 60) {
      return invalid(`1 validation error detected: Value '${MaxResults}' at 'maxResults' failed`);
    }
    const begin = NextToken === undefined ? 0 : readToken(String(NextToken));
    if (begin === undefined) return invalid('Invalid pagination token.');
    const end = begin + Math.min(Number(MaxResults) || LONGEST_PAGE, LONGEST_PAGE);
    const Providers = providers.slice(begin, end).map(({ ProviderName, ProviderType }) => {
      return { ProviderName, ProviderType, LastModifiedDate: DATE, CreationDate: DATE };
    });
    const NextTokenOut = Buffer.from(`providers:${end}`).toString('base64url');
    return ok({ Providers, ...(end < providers.length && { NextToken: NextTokenOut }) });
  }

  function describe({ ProviderName, UserPoolId }: CognitoRequestBody): CognitoAnswer {
    if (typeof ProviderName !== 'string' || ProviderName === '' || ProviderName.length > 32) {
      return invalid(`1 validation error detected: Value at 'providerName' failed`);
    }
    const provider = providers.find((each) => each.ProviderName === ProviderName);
    if (!provider) {
      const message = `Identity provider ${ProviderName} does not exist.`;
      return apiError('ResourceNotFoundException', message);
    }
    const dates = { LastModifiedDate: DATE, CreationDate: DATE };
    return ok({ IdentityProvider: { UserPoolId, IdpIdentifiers: [], ...provider, ...dates } });
  }

  return { ListIdentityProviders: list, DescribeIdentityProvider: describe };
}

function readToken(token: string): number | undefined {
  const [, position] = /^providers:(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return position === undefined ? undefined : Number(position);
}
