/** The measure of the benchmark: a bare `@fastify/http-proxy`, no authentication, no check, no log. */
import httpProxy from '@fastify/http-proxy';
import Fastify from 'fastify';

const upstream = process.env.UPSTREAM;
if (upstream === undefined) throw new Error('UPSTREAM is the address to pass requests on to');
const app = Fastify({ logger: false });
await app.register(httpProxy, { upstream });
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
