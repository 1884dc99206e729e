/** Many departments are made in processes of their own, and come out as they would in this one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeInProcesses } from '../../src/registry/department-processes.js';
import { digestOf } from '../../src/registry/file-digest.js';
import { fileKind } from '../../src/registry/files.js';
import { FileMoved } from '../../src/registry/found-file.js';
import { type Loaded, loadRegistry } from '../../src/registry/load.js';
import { makeLargeConfig } from '../bench/large-config.js';

/** More than are made in this process. */
const size = { departments: 120, services: 1, agreements: 200 };

const said = ({ registry, faults, safety }: Loaded) =>
  JSON.parse(
    JSON.stringify({
      digest: registry?.digest,
      services: [...(registry?.services.values() ?? [])],
      departments: [...(registry?.departments.values() ?? [])],
      clients: [...(registry?.clients.values() ?? [])],
      schemas: [...(registry?.schemas.keys() ?? [])],
      faults,
      safety,
    }),
  );

t.test('loaded in processes and in this one, a config is the same, and so are its faults', async t => {
  const folder = t.testdir({});
  makeLargeConfig(folder, size);
  const options = { configFolder: join(folder, 'config'), schemasFolder: join(folder, 'schemas'), judgesSafety: true };
  const loaded = await loadRegistry(options);
  t.same(loaded.faults, []);
  t.equal(loaded.registry?.services.size, 127);
  const given = await loaded.files.contents();
  if (given === undefined) throw new Error('files have changed');
  // What was given is made in this process.
  t.same(said(await loadRegistry({ ...options, given })), said(loaded));
  const { request } = loaded.registry?.services.get('department-9/service-0/v1')?.contract ?? {};
  t.equal(request?.check({ residentId: '440304198804123031' }), null);
  t.match(request?.check({ residentId: '440304198804123030' }), [{ pointer: '/residentId', keyword: 'format' }]);

  // Each department rests on the vocabulary, so that all of them are made again, with a fault in one.
  const file = join(folder, 'config', 'departments', 'department-7.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace('"adapter":"main"', '"adapter":"mian"')
      .replace('adapter": "main"', 'adapter": "mian"'),
  );
  const word = join(folder, 'schemas', 'vocabulary', 'personal-name.json');
  writeFileSync(word, readFileSync(word, 'utf8').replace('"en": "', '"en": "The '));
  const wrong = await loadRegistry(options);
  t.match(wrong.faults, [{ rule: 'unknown-adapter', file, pointer: '/services/service-0~1v1/adapter' }]);
  t.equal(wrong.registry, undefined);
});

t.test('a file that is no longer what was found makes the whole no config', async t => {
  const folder = t.testdir({ config: { departments: { 'a.yaml': 'id: a\n' } }, schemas: {} });
  const [configFolder, schemasFolder] = [join(folder, 'config'), join(folder, 'schemas')];
  const file = join(configFolder, 'departments', 'a.yaml');
  const found = { folder: configFolder, path: 'departments/a.yaml', digest: digestOf(Buffer.from('id: b\n')) };
  const surroundings = {
    deployment: 'stile.example',
    hasWitnesses: false,
    environment: undefined,
    configFolder,
    schemasFolder,
    judgesSafety: false,
  };
  const made = makeInProcesses(
    [{ file: { ...found, kind: fileKind.department }, schemas: [] }],
    { surroundings, schemas: [], shared: [] },
    () => t.fail('nothing is made of it'),
  );
  await t.rejects(made, new FileMoved(file));
});
