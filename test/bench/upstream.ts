/** The benchmark's upstream: the sample departments in a process of their own; prints their addresses and secrets as one line of JSON. */
import { randomBytes } from 'node:crypto';
import { startDepartments } from '../../src/sandbox/departments.js';

const apiKey = randomBytes(16).toString('hex');
const secret = randomBytes(16).toString('hex');
const departments = await startDepartments({ host: '127.0.0.1', apiKey, secret });
console.log(JSON.stringify(departments.variables));
process.on('SIGTERM', () => process.exit(0));
