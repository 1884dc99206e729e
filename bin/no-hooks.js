/** Loaded first into each process of a run without coverage: has tap keep no record of what the process loads. */
import module from 'node:module';

/** Where @tapjs/processinfo looks whether the process has a record already. */
const record = Symbol.for('@tapjs/processinfo.ProcessInfoNodeData');

globalThis[record] = { files: [], sources: {} };
// Nothing here mocks modules either.
module.register = () => undefined;
module.syncBuiltinESMExports();
