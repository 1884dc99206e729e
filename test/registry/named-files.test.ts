/** Files that config names are part of it: a WSDL that changes is another config, checked anew, and kept with the rest. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type LoadOptions, loadRegistry } from '../../src/registry/load.js';
import { copyConfig } from '../configuration/config-gateway.js';

const wsdl = 'config/wsdl/insurance.wsdl';

const optionsOf = (folder: string): LoadOptions => ({
  configFolder: join(folder, 'config'),
  schemasFolder: join(folder, 'schemas'),
});

t.test('a WSDL that says something else makes another digest, and the same one the same', async t => {
  const folder = await copyConfig(t);
  const file = join(folder, wsdl);
  const before = await readFile(file, 'utf8');
  const { registry } = await loadRegistry(optionsOf(folder));
  await writeFile(file, before.replace('</wsdl:definitions>', '<!-- reviewed --></wsdl:definitions>'));
  const { registry: after } = await loadRegistry(optionsOf(folder));
  t.ok(registry && after);
  t.not(after?.digest, registry?.digest);
  await writeFile(file, before);
  t.equal((await loadRegistry(optionsOf(folder))).registry?.digest, registry?.digest);
  await writeFile(join(folder, 'config/wsdl/unnamed.wsdl'), before);
  t.equal(
    (await loadRegistry(optionsOf(folder))).registry?.digest,
    registry?.digest,
    'what nothing names is no config',
  );
});

t.test('services are held against the WSDL as it is now, though no file that names it has changed', async t => {
  const folder = await copyConfig(t);
  const file = join(folder, wsdl);
  const before = await readFile(file, 'utf8');
  t.same((await loadRegistry(optionsOf(folder))).faults, []);
  await writeFile(file, before.replaceAll('"queryInsurance"', '"queryPension"'));
  t.match((await loadRegistry(optionsOf(folder))).faults, [
    {
      rule: 'adapter-setting',
      file: join(folder, 'config/departments/human-resources.yaml'),
      pointer: '/services/insurance-contributions~1v1/ask/operation',
    },
  ]);
  await rm(file);
  t.match((await loadRegistry(optionsOf(folder))).faults, [{ pointer: '/adapters/insurance/settings/wsdl' }]);
  await writeFile(file, before);
  t.same((await loadRegistry(optionsOf(folder))).faults, []);
});

t.test('a config that was kept has its own WSDL, whatever the folder has by now', async t => {
  const folder = await copyConfig(t);
  const { registry, files } = await loadRegistry(optionsOf(folder));
  const given = await files.contents();
  t.ok(given?.has(wsdl));
  await rm(join(folder, wsdl));
  t.equal(await files.contents(), undefined, 'it is not there any more as it was read');
  const { registry: again, faults } = await loadRegistry({ ...optionsOf(folder), given: given ?? new Map() });
  t.same(faults, []);
  t.equal(again?.digest, registry?.digest);
});
