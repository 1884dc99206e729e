/** A process that holds an embedded server as a gateway does, for tests to kill: prints where the server is, stops it on SIGTERM. */
import { pino } from 'pino';
import { startEmbedded } from '../../src/store/embedded.js';
import { StoreError } from '../../src/store/store-error.js';

const [dataFolder = '', sockets = 'sockets'] = process.argv.slice(2);
const logger = pino({ level: 'silent' });
try {
  const server = await startEmbedded({ dataFolder, logger, sockets: sockets === 'sockets' });
  process.once('SIGTERM', () => server.stop().then(() => process.exit(0)));
  const { connectionString, gatewayConnectionString } = server;
  console.log(JSON.stringify({ connectionString, gatewayConnectionString }));
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  console.log(JSON.stringify({ refusal: error.text }));
}
