/** The shipped config and schemas become one registry, whole and frozen. */
import { join } from 'node:path';
import t from 'tap';
import { loadRegistry } from '../../src/registry/load.js';
import { root } from '../../src/root.js';

const folders = { configFolder: join(root, 'config'), schemasFolder: join(root, 'schemas') };

t.test('the shipped config is clean, without any environment', async t => {
  const { registry, faults } = await loadRegistry(folders);
  t.strictSame(faults, []);
  t.strictSame(
    [...(registry?.services.keys() ?? [])],
    ['civil-affairs/marriage-status/v1', 'civil-affairs/marriage-appointment/v1', 'public-security/household/v1'],
  );
  t.strictSame([...(registry?.clients.keys() ?? [])], ['housing/permits', 'housing/archive']);
});
