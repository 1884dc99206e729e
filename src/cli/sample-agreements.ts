/** Imports the sample agreements on the sandbox's first start, as a data officer would: over the API, with entries of it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { role } from '../identity/principal.js';
import { OperatorError } from '../operator-error.js';
import { readAgreements } from '../registry/agreements-file.js';
import { openApi } from './api.js';

const path = '/operate/agreements';

/**
 * Imports the files of `config/agreements/`.
 *
 * @param url of a sandbox's gateway that is ready
 * @throws OperatorError when it does not take them
 */
export async function importSampleAgreements(url: string, configFolder: string): Promise<void> {
  const api = openApi({ language: 'en', staff: role.officer, environment: { STILE_URL: url } });
  const answer = await api.post(path, { agreements: await readSamples(join(configFolder, 'agreements')) });
  if (answer.ok) return;
  const lines = answer.lines.join(' ');
  throw new OperatorError({
    zh: `示例协议未能导入：${lines}`,
    en: `The sample agreements were not imported: ${lines}`,
  });
}

/** Config has been checked by now: none of them has a fault. */
async function readSamples(folder: string): Promise<unknown[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.yaml')).sort();
  return names.flatMap(name => readAgreements(join(folder, name)).agreements);
}
