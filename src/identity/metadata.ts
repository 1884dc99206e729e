/** What any OAuth client reads to find its way here: authorization server metadata (RFC 8414, section 2). */
import type { Registry } from '../registry/registry.js';
import { assertionAlgorithms } from './public-key.js';

export const metadataPath = '/.well-known/oauth-authorization-server';
export const tokenPath = '/oauth2/token';
export const jwksPath = '/oauth2/jwks';

/** The one endpoint that issues tokens. */
export const tokenEndpoint = (registry: Registry): string => registry.settings.identity.issuer + tokenPath;

export function serverMetadata(registry: Registry): Record<string, unknown> {
  const { issuer } = registry.settings.identity;
  return {
    issuer,
    token_endpoint: tokenEndpoint(registry),
    jwks_uri: issuer + jwksPath,
    // Required by RFC 8414 even where there is no authorization endpoint.
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    service_documentation: `${issuer}/docs`,
  };
}
