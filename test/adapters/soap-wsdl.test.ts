/** A service's settings are held against its system's WSDL: what config writes and reads must be what the description says. */
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/soap.js';

const namespace = 'http://civil-affairs.stile.example/marriage';
const common = 'http://civil-affairs.stile.example/common';

/** As a register might describe itself: two bindings, types in files of their own. */
const wsdl = (more = '') => `<?xml version="1.0" encoding="UTF-8"?>
<!-- 婚姻登记查询 -->
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:tns="${namespace}" targetNamespace="${namespace}">
  <wsdl:documentation>Marriages <b>of the city</b></wsdl:documentation>
  <wsdl:types>
    <xs:schema targetNamespace="${namespace}" elementFormDefault="qualified" xmlns:c="${common}">
      <xs:import namespace="${common}" schemaLocation="xsd/common.xsd"/>
      <xs:import namespace="http://www.w3.org/XML/1998/namespace"/>
      <xs:element name="queryMarriage">
        <xs:complexType><xs:sequence>
          <xs:element name="zjhm" type="c:number"/>
          <xs:element name="xm" type="xs:string" minOccurs="0"/>
          <xs:element name="period"><xs:complexType><xs:all>
            <xs:element name="from" type="xs:date"/><xs:element name="until" type="xs:date" minOccurs="0"/>
          </xs:all></xs:complexType></xs:element>
        </xs:sequence></xs:complexType>
      </xs:element>
      <xs:element name="queryMarriageResponse" type="tns:answer"/>
      <xs:element name="ask" type="xs:string"/>
      <xs:complexType name="answer"><xs:complexContent><xs:extension base="c:head"><xs:sequence>
        <xs:element name="row" maxOccurs="unbounded" minOccurs="0"><xs:complexType><xs:sequence>
          <xs:element name="zjhm" type="xs:string"/>
          <xs:choice><xs:element name="xm" type="c:text"/><xs:element ref="c:spouse"/></xs:choice>
        </xs:sequence></xs:complexType></xs:element>
      </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="in"><wsdl:part name="parameters" element="tns:queryMarriage"/></wsdl:message>
  <wsdl:message name="out"><wsdl:part name="parameters" element="tns:queryMarriageResponse"/></wsdl:message>
  <wsdl:message name="askIn"><wsdl:part name="parameters" element="tns:ask"/></wsdl:message>
  <wsdl:message name="oldIn"><wsdl:part name="zjhm" type="xs:string"/></wsdl:message>
  <wsdl:portType name="Marriage">
    <wsdl:operation name="query"><wsdl:input message="tns:in"/><wsdl:output message="tns:out"/></wsdl:operation>
    <wsdl:operation name="askFor"><wsdl:input message="tns:askIn"/><wsdl:output message="tns:out"/></wsdl:operation>
    <wsdl:operation name="oldQuery"><wsdl:input message="tns:oldIn"/><wsdl:output message="tns:out"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="Soap11" type="tns:Marriage">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="query"><soap:operation soapAction="urn:query"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>
    <wsdl:operation name="askFor"><soap:operation soapAction=""/>
      <wsdl:input><soap:body use="encoded"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>
    <wsdl:operation name="oldQuery"><soap:operation soapAction="" style="rpc"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>
  </wsdl:binding>${more}
</wsdl:definitions>`;

const xsd = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="${common}" targetNamespace="${common}">
  <xs:include schemaLocation="more/text.xsd"/>
  <xs:simpleType name="number"><xs:restriction base="xs:string"><xs:length value="18"/></xs:restriction></xs:simpleType>
  <xs:complexType name="head"><xs:sequence><xs:element name="code" type="xs:int"/></xs:sequence></xs:complexType>
  <xs:element name="spouse"><xs:complexType><xs:sequence><xs:any minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>`;
const more = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="${common}">
  <xs:complexType name="text"><xs:simpleContent><xs:extension base="xs:string"/></xs:simpleContent></xs:complexType>
</xs:schema>`;

const files = (main = wsdl()): Readonly<Record<string, string>> => ({
  'wsdl/marriage.wsdl': main,
  'wsdl/xsd/common.xsd': xsd,
  'wsdl/xsd/more/text.xsd': more,
});
const reading = (held: Readonly<Record<string, string>>) => (path: string) =>
  held[path] === undefined ? undefined : Buffer.from(held[path]);

const settings: JsonObject = {
  baseUrl: 'https://marriage.stile.example',
  version: '1.1',
  namespace,
  wsdl: 'wsdl/marriage.wsdl',
  namespaces: { c: common },
};
const ask: JsonObject = {
  operation: 'queryMarriage',
  action: 'urn:query',
  body: { fields: { zjhm: 'residentId', period: { fields: { from: { constant: '2020-01-01' } } } } },
  reply: {
    fields: { name: 'row.0.xm', rows: { from: 'row', each: { fields: { id: 'zjhm', spouse: 'c:spouse.any.thing' } } } },
  },
};

/** `pointer: message` of each fault. */
function told(changedAsk: JsonObject, changed: JsonObject = {}, held = files()): string[] {
  const all = { ...settings, ...changed };
  const readFile = reading(held);
  const found = [
    ...(adapter.checkSettings?.(all, readFile) ?? []),
    ...(adapter.check?.(all, { ...ask, ...changedAsk }, readFile) ?? []),
  ];
  for (const { message, fix } of found) {
    for (const each of [message, fix]) t.match(each.zh, /\p{Script=Han}/u);
  }
  return found.map(({ pointer, message }) => `${pointer}: ${message.en}`);
}

t.test('what fits the description has no fault, and without one nothing is said', async t => {
  // c:head's element is in no namespace, as its schema does not qualify.
  t.strictSame(told({}), []);
  t.strictSame(told({ operation: 'another' }, { wsdl: undefined }), []);
  const made = { from: 'row', expression: '[{ "a b": xm }]', each: { fields: { name: 'a b' } } };
  const period = { expression: '{ "from": since }' };
  t.strictSame(
    told({ body: { fields: { zjhm: { expression: 'id' }, period } }, reply: { fields: { made } } }),
    [],
    'what an expression makes is not the description’s',
  );
  const nowhere = { fields: { made: { from: 'rows', expression: 'xm' } } };
  t.match(told({ reply: nowhere }), [/^\/reply\/fields\/made\/from: /], 'where it reads is');
});

t.test('operation, binding and style', async t => {
  t.strictSame(told({ operation: 'queryMarriages' }), [
    `/operation: the WSDL has no operation whose request is the element {${namespace}}queryMarriages`,
  ]);
  t.strictSame(told({ operation: 'query' }), [
    `/operation: in the WSDL the request of Soap11/query is not the element {${namespace}}query`,
  ]);
  t.match(told({}, { namespace: common }), [/^\/operation: the WSDL has no operation whose request is the element/]);
  t.strictSame(told({}, { version: '1.2' }), ['/operation: the WSDL has no binding of SOAP 1.2']);
  t.strictSame(told({ operation: 'oldQuery' }), [
    '/operation: in the WSDL Soap11/oldQuery is in RPC style, and this adapter speaks document/literal only',
  ]);
  t.strictSame(
    told({ operation: 'ask', action: undefined, body: 'residentId', replyElement: 'queryMarriageResponse' }),
    ['/operation: in the WSDL Soap11/askFor is encoded, and this adapter speaks document/literal only'],
  );
  t.strictSame(told({ action: 'urn:other' }), ['/action: in the WSDL the SOAPAction of Soap11/query is another']);
  t.strictSame(told({ action: undefined }), ['/operation: in the WSDL the SOAPAction of Soap11/query is another']);
  t.strictSame(told({ replyElement: 'answer' }), [
    `/replyElement: in the WSDL the reply of Soap11/query is the element {${namespace}}queryMarriageResponse`,
  ]);
});

t.test('what is sent', async t => {
  const fields = (sent: JsonObject) => told({ body: { fields: sent } });
  const period = { fields: { from: { constant: '2020-01-01' } } };
  t.strictSame(fields({ zjhm: 'residentId', nr: 'residentId', period }), [
    '/body/fields/nr: in the WSDL queryMarriage has no element nr',
  ]);
  t.strictSame(fields({ period }), ['/body: the WSDL demands queryMarriage/zjhm, and the request has none']);
  t.strictSame(fields({ zjhm: 'residentId', period: { fields: { until: 'a' } } }), [
    '/body/fields/period: the WSDL demands queryMarriage/period/from, and the request has none',
  ]);
  t.strictSame(fields({ period, zjhm: 'residentId' }), [
    '/body/fields/zjhm: in the WSDL queryMarriage/zjhm comes before period',
  ]);
  t.strictSame(
    fields({ zjhm: 'residentId', period: { fields: { until: 'a', from: 'b' } } }),
    [],
    'those of an all have no order',
  );
  t.strictSame(fields({ zjhm: 'residentId', period: 'residentId' }), [
    '/body/fields/period: in the WSDL queryMarriage/period is no text',
  ]);
  t.strictSame(fields({ zjhm: { fields: { no: 'residentId' } }, period }), [
    '/body/fields/zjhm/fields/no: in the WSDL queryMarriage/zjhm has no element no',
  ]);
  t.strictSame(told({ body: undefined }), [
    '/operation: the WSDL demands queryMarriage/zjhm, and the request has none',
    '/operation: the WSDL demands queryMarriage/period, and the request has none',
  ]);
});

t.test('what is read', async t => {
  const reads = (reply: unknown, more: JsonObject = {}) => told({ reply, ...more });
  t.strictSame(reads({ fields: { id: 'row.0.nr' } }), [
    '/reply/fields/id: in the WSDL queryMarriageResponse/row has no element nr',
  ]);
  t.strictSame(reads({ fields: { code: { from: 'code' } } }), [
    '/reply/fields/code/from: in the WSDL queryMarriageResponse/code is in another namespace: none',
  ]);
  t.strictSame(reads({ fields: { rows: { from: 'row', each: { fields: { name: 'spouse' } } } } }), [
    `/reply/fields/rows/each/fields/name: in the WSDL queryMarriageResponse/row/spouse is in another namespace: ${common}`,
  ]);
  t.strictSame(reads({ fields: { id: 'row.0.xm.a' } }), [
    '/reply/fields/id: in the WSDL queryMarriageResponse/row/xm has no element a',
  ]);
  t.strictSame(
    reads(
      { fields: { id: { request: 'residentId' } } },
      {
        absent: { missing: 'rows', reply: { fields: { id: { request: 'residentId' } } } },
        asOf: { from: 'gxsj', time: 'iso' },
        result: { from: 'code', answer: ['0'] },
      },
    ).map(line => line.replace(/:.*/, '')),
    ['/absent/missing', '/result/from', '/asOf/from'],
  );
});

t.test('SOAP 1.2 has a binding of its own', async t => {
  const second = `<wsdl:binding name="Soap12" type="tns:Marriage"><soap12:binding/><wsdl:operation name="query">
    <soap12:operation soapAction="urn:query12"/><wsdl:input><soap12:body/></wsdl:input><wsdl:output><soap12:body/></wsdl:output>
    </wsdl:operation></wsdl:binding>`;
  const held = files(wsdl(second));
  t.strictSame(told({ action: 'urn:query12' }, { version: '1.2' }, held), []);
  t.match(told({}, { version: '1.2' }, held), ['/action: in the WSDL the SOAPAction of Soap12/query is another']);
});

t.test('files that cannot be read', async t => {
  const fault = (held: Readonly<Record<string, string>>, path = 'wsdl/marriage.wsdl') => told({}, { wsdl: path }, held);
  t.strictSame(fault({}), ['/wsdl: wsdl/marriage.wsdl cannot be read']);
  t.strictSame(fault({ 'wsdl/marriage.wsdl': wsdl() }), ['/wsdl: wsdl/xsd/common.xsd cannot be read']);
  t.strictSame(fault(files('<html/>')), ['/wsdl: wsdl/marriage.wsdl is neither WSDL 1.1 nor XSD']);
  t.match(fault(files('not XML')), [/^\/wsdl: wsdl\/marriage\.wsdl is no XML that is taken/]);
  const itself = xsd.replace('more/text.xsd', 'common.xsd').replace('name="spouse"', 'name="text"');
  t.strictSame(
    told({}, {}, { ...files(), 'wsdl/xsd/common.xsd': itself }),
    [],
    'a file that names itself is read once',
  );
});
