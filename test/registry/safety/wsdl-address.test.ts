/** Where a system's WSDL says it is, held against where config does. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { environment } from '../deployment.js';
import { changed, department, judged } from './judging.js';

t.test('STILE-S017: the address in a WSDL is held against baseUrl', async t => {
  const binding = 'http://schemas.xmlsoap.org/wsdl';
  const wsdlOf = (...ports: readonly string[]) =>
    `<definitions xmlns="${binding}/" xmlns:s11="${binding}/soap/" xmlns:s12="${binding}/soap12/"><service name="s">
    ${ports.map(port => `<port name="p" binding="b"><${port}/></port>`).join('')}</service></definitions>`;
  const foundIn = async (wsdl: string, baseUrl: string) => {
    const added = `  insurance:
    kind: soap
    settings:
      baseUrl: ${baseUrl}
      version: "1.1"
      namespace: urn:insurance
      wsdl: wsdl/insurance.wsdl
      authentication: { bearer: { token: "\${env:REGISTRATION_KEY}" } }
services:
`;
    const folder = changed(t, [[department, 'services:\n', added]]);
    mkdirSync(join(folder, 'config/wsdl'));
    writeFileSync(join(folder, 'config/wsdl/insurance.wsdl'), wsdl);
    const resolved = { ...environment, INSURANCE_URL: 'https://inner.stile.example' };
    const { faults } = await judged(folder, resolved);
    return faults.filter(({ rule }) => rule === 'STILE-S017');
  };
  const inner = wsdlOf('s11:address location="http://10.1.2.3:8080/services/Insurance?wsdl"');
  const told = await foundIn(inner, 'https://insurance.stile.example/services');
  t.match(told, [{ line: 18, column: 16, pointer: '/adapters/insurance/settings/baseUrl' }]);
  t.match(told[0]?.message.en, /: http:\/\/10\.1\.2\.3:8080\/services\/Insurance$/);
  const reference = `\${env:INSURANCE_URL}`;
  const byReference = await foundIn(inner, reference);
  t.equal(byReference.length, 1);
  t.notMatch(JSON.stringify(byReference), 'inner.stile.example', 'what a reference stands for is not told');
  const here = 's11:address location="https://insurance.stile.example/services/Insurance"';
  for (const [why, ports, baseUrl] of [
    ['config leads to a tunnel on this machine', [here], 'http://127.0.0.1:8081'],
    ['it is the same', [here], 'https://insurance.stile.example'],
    ['the path is within', [here], 'https://insurance.stile.example/services/'],
    [
      'one of several is the same',
      ['s11:address location="http://10.1.2.3/a"', here],
      'https://insurance.stile.example',
    ],
    ['there is none', [], 'https://insurance.stile.example'],
    ['it is no URL', ['s11:address location="REPLACE_WITH_ACTUAL_URL"'], 'https://insurance.stile.example'],
    ['it is of the other version', ['s12:address location="http://10.1.2.3/a"'], 'https://insurance.stile.example'],
  ] as const) {
    t.same(await foundIn(wsdlOf(...ports), baseUrl), [], why);
  }
  for (const baseUrl of ['https://insurance.stile.example/service', 'https://insurance.stile.example:8443']) {
    t.equal((await foundIn(wsdlOf(here), baseUrl)).length, 1, baseUrl);
  }
});
