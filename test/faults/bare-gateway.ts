/** A program: the gateway as `stile start` runs it, but without importing sample agreements, which one that stands by cannot. */
import { serve } from '../../src/server.js';

await serve({ variables: process.env, sandbox: false, ready: async ({ url }) => console.log(url) });
