/** The environment in which the shipped config finds its departments, for tests that never ask them. */
export const unreached: Readonly<Record<string, string>> = {
  SANDBOX_CIVIL_AFFAIRS_URL: 'http://127.0.0.1:1',
  SANDBOX_CIVIL_AFFAIRS_API_KEY: 'a key for tests',
  SANDBOX_PUBLIC_SECURITY_URL: 'http://127.0.0.1:1',
  SANDBOX_PUBLIC_SECURITY_SECRET: 'a secret for tests',
  SANDBOX_HUMAN_RESOURCES_URL: 'http://127.0.0.1:1',
  SANDBOX_HUMAN_RESOURCES_PASSWORD: 'a password for tests',
  SANDBOX_NATURAL_RESOURCES_HOST: '127.0.0.1',
  SANDBOX_NATURAL_RESOURCES_PASSWORD: 'another password for tests',
  SANDBOX_HOUSING_FUND_FOLDER: '/nowhere',
};
