/** The soap adapter before a server that others wrote, the package `soap`, which serves from the WSDL that config is held against. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen, passwordDigest } from 'soap';
import t, { type Test } from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/soap.js';
import { callOf, contextOf } from './calls.js';

const namespace = 'http://civil-affairs.stile.example/registry';
const schema = 'http://www.w3.org/2001/XMLSchema';

/** Bindings of both versions, document/literal, and a fault with a detail of its own. */
const wsdl = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="${schema}" xmlns:tns="${namespace}" targetNamespace="${namespace}"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">
  <types><s:schema targetNamespace="${namespace}" elementFormDefault="qualified">
    <s:element name="findPerson"><s:complexType><s:sequence>
      <s:element name="zjhm" type="s:string"/>
      <s:element name="qsny" type="s:string" minOccurs="0"/>
    </s:sequence></s:complexType></s:element>
    <s:element name="findPersonResponse"><s:complexType><s:sequence>
      <s:element name="zjhm" type="s:string"/>
      <s:element name="xm" type="s:string"/>
      <s:element name="jf" minOccurs="0" maxOccurs="unbounded"><s:complexType><s:sequence>
        <s:element name="ny" type="s:string"/>
        <s:element name="je" type="s:decimal"/>
      </s:sequence></s:complexType></s:element>
    </s:sequence></s:complexType></s:element>
  </s:schema></types>
  <message name="in"><part name="parameters" element="tns:findPerson"/></message>
  <message name="out"><part name="parameters" element="tns:findPersonResponse"/></message>
  <portType name="Registry">
    <operation name="findPerson"><input message="tns:in"/><output message="tns:out"/></operation>
  </portType>
  ${['soap', 'soap12']
    .map(
      soap => `<binding name="${soap}" type="tns:Registry">
    <${soap}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="findPerson"><${soap}:operation soapAction="urn:findPerson"/>
      <input><${soap}:body use="literal"/></input><output><${soap}:body use="literal"/></output></operation>
  </binding>`,
    )
    .join('\n')}
  <service name="RegistryService">
    <port name="Registry11" binding="tns:soap"><soap:address location="http://127.0.0.1/registry11"/></port>
    <port name="Registry12" binding="tns:soap12"><soap12:address location="http://127.0.0.1/registry12"/></port>
  </service>
</definitions>`;

type Version = '1.1' | '1.2';
const paths: Readonly<Record<Version, string>> = { '1.1': '/registry11', '1.2': '/registry12' };

interface Question {
  readonly zjhm: string;
  readonly qsny?: string;
}

/** What a server of these versions would throw: the library writes the members as they are. */
const faults: Readonly<Record<Version, (code: string) => object>> = {
  '1.1': code => ({
    faultcode: 'soap:Server',
    faultstring: 'refused',
    detail: { RegistryFault: { code } },
    statusCode: 500,
  }),
  '1.2': code => ({
    Code: { Value: 'soap:Receiver', Subcode: { Value: code } },
    Reason: { Text: 'refused' },
    statusCode: 500,
  }),
};

function findPerson(version: Version, { zjhm, qsny = '202601' }: Question) {
  if (zjhm === 'nobody') throw { Fault: faults[version]('2004') };
  if (zjhm === 'broken') throw { Fault: faults[version]('9999') };
  const months = [
    { ny: qsny, je: '512.00' },
    { ny: '202602', je: '513.50' },
  ];
  return { zjhm, xm: '张三 & <李四>', jf: zjhm === 'new' ? [] : months };
}

/** @param password lets only those pass who show that they know it */
async function serve(t: Test, version: Version, password?: string) {
  const server = createServer((_request, response) => response.writeHead(404).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const port = { findPerson: (question: Question) => findPerson(version, question) };
  const options = {
    path: paths[version],
    xml: wsdl,
    services: { RegistryService: { Registry11: port, Registry12: port } },
    forceSoap12Headers: version === '1.2',
  };
  const soap = await new Promise<ReturnType<typeof listen>>(resolve => {
    const listening: ReturnType<typeof listen> = listen(server, {
      ...options,
      callback: () => setImmediate(() => resolve(listening)),
    });
  });
  if (password !== undefined) {
    soap.authenticate = security => {
      const { Username, Password, Nonce, Created } = security?.UsernameToken ?? {};
      const isDigest = String(Password?.attributes?.Type).endsWith('#PasswordDigest');
      const due = isDigest ? passwordDigest(Nonce?.$value, Created, password) : password;
      return Username === 'stile' && Password?.$value === due;
    };
  }
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => new Promise(resolve => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const askOf = (version: Version): JsonObject => ({
  path: paths[version],
  operation: 'findPerson',
  action: 'urn:findPerson',
  body: { fields: { zjhm: 'residentId', qsny: { from: 'since', date: 'YYYYMMDD', optional: true } } },
  reply: {
    fields: {
      residentId: 'zjhm',
      name: 'xm',
      months: { from: 'jf', each: { fields: { month: 'ny', amount: { from: 'je', as: 'number' } } } },
    },
  },
  absent: { reply: { fields: { residentId: { request: 'residentId' }, months: { constant: [] } } } },
  faults: { from: 'RegistryFault.code', absent: ['2004'] },
});

async function asking(t: Test, version: Version, request: JsonObject, more: JsonObject = {}, password?: string) {
  const settings = { baseUrl: await serve(t, version, password), version, namespace, wsdl: 'registry.wsdl', ...more };
  const ask = askOf(version);
  t.same(
    adapter.check?.(settings, ask, () => Buffer.from(wsdl)),
    [],
    'its WSDL is what config says',
  );
  const opened = adapter.open(settings, contextOf());
  t.teardown(() => opened.close());
  return opened.ask(request, callOf({ ask }));
}

for (const version of ['1.1', '1.2'] as const) {
  t.test(`SOAP ${version}`, async t => {
    t.strictSame(await asking(t, version, { residentId: '1', since: '2026-01-01' }), {
      body: {
        residentId: '1',
        name: '张三 & <李四>',
        months: [
          { month: '20260101', amount: 512 },
          { month: '202602', amount: 513.5 },
        ],
      },
    });
    t.strictSame(await asking(t, version, { residentId: 'new' }), {
      body: { residentId: 'new', name: '张三 & <李四>', months: [] },
    });
  });

  t.test(`faults of SOAP ${version}`, async t => {
    t.strictSame(await asking(t, version, { residentId: 'nobody' }), { body: { residentId: 'nobody', months: [] } });
    t.match(await asking(t, version, { residentId: 'broken' }), { failure: 'failing' });
  });

  t.test(`UsernameToken in SOAP ${version}`, async t => {
    const token = (password: string, type: string) => ({ usernameToken: { user: 'stile', password, type } });
    for (const type of ['digest', 'text']) {
      const passed = await asking(t, version, { residentId: '1' }, token('geheim', type), 'geheim');
      t.match(passed, { body: { residentId: '1' } }, type);
      const refused = await asking(t, version, { residentId: '1' }, token('another', type), 'geheim');
      t.match(refused, { failure: 'denied' }, type);
    }
    t.match(await asking(t, version, { residentId: '1' }, {}, 'geheim'), { failure: 'denied' });
  });
}
