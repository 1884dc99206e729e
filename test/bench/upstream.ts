/** The benchmark's upstream: the sample departments in a process of their own; prints their addresses and secrets as one line of JSON. */
import { randomBytes } from 'node:crypto';
import { startDepartments } from '../../src/sandbox/departments.js';

const apiKey = randomBytes(16).toString('hex');
const secret = randomBytes(16).toString('hex');
const departments = await startDepartments({ host: '127.0.0.1', apiKey, secret });
console.log(
  JSON.stringify({
    SANDBOX_CIVIL_AFFAIRS_URL: departments.civilAffairs.url,
    SANDBOX_CIVIL_AFFAIRS_API_KEY: apiKey,
    SANDBOX_PUBLIC_SECURITY_URL: departments.publicSecurity.url,
    SANDBOX_PUBLIC_SECURITY_SECRET: secret,
  }),
);
process.on('SIGTERM', () => process.exit(0));
