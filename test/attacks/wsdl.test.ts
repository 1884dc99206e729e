/** A WSDL from somebody else reads no file but those of config, fetches nothing, expands nothing, and does not run for ever. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { adapter } from '../../adapters/soap.js';
import { configFile } from '../../src/registry/config-file.js';
import { json, startHttp } from '../adapters/systems.js';

const secret = 'root:x:0:0';
const settings = { baseUrl: 'http://a', version: '1.1', namespace: 'urn:a', wsdl: 'a.wsdl' };
const definitions = (inside: string, before = '') =>
  `${before}<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:a">${inside}</definitions>`;
const importing = (location: string) => definitions(`<import namespace="urn:b" location="${location}"/>`);

t.test('it reads nothing outside of config', async t => {
  const folder = join(t.testdir(), 'config');
  mkdirSync(folder);
  writeFileSync(join(folder, '..', 'passwd'), secret);
  writeFileSync(join(folder, '..', 'outside.wsdl'), definitions(''));
  symlinkSync(join(folder, '..', 'outside.wsdl'), join(folder, 'link.wsdl'));
  const system = await startHttp(json({}));
  t.teardown(() => system.close());
  const entity = `<!DOCTYPE d [<!ENTITY x SYSTEM "file://${folder}/../passwd">]>`;
  const external = `<!DOCTYPE d SYSTEM "${system.url}/a.dtd">`;
  const laughs = `<!DOCTYPE d [<!ENTITY a "${'ha'.repeat(50)}"><!ENTITY b "${'&a;'.repeat(99)}">]>`;
  for (const [what, text] of [
    ['a path out of it', importing('../outside.wsdl')],
    ['an absolute path', importing(join(folder, '..', 'outside.wsdl'))],
    ['a file URL', importing(`file://${folder}/../outside.wsdl`)],
    ['an address', importing(`${system.url}/b.wsdl`)],
    ['a link out of it', importing('link.wsdl')],
    ['a folder', importing('.')],
    ['an entity of a file', definitions('<documentation>&x;</documentation>', entity)],
    ['a document type elsewhere', definitions('', external)],
    ['entities that grow', definitions('<documentation>&b;</documentation>', laughs)],
    ['a stylesheet', definitions('', `<?xml-stylesheet href="${system.url}"?>`)],
    ['a depth without end', `${'<a>'.repeat(100_000)}`],
  ] as const) {
    writeFileSync(join(folder, 'a.wsdl'), text);
    const found = adapter.checkSettings?.({ ...settings }, path => configFile(folder, path)) ?? [];
    t.equal(found.length, 1, what);
    t.notMatch(JSON.stringify(found), secret, what);
  }
  for (const path of ['../outside.wsdl', join(folder, '..', 'outside.wsdl'), 'link.wsdl', '.', 'none']) {
    t.equal(configFile(folder, path), undefined, path);
  }
  t.equal(system.asked.length, 0, 'nobody was asked');
});

t.test('types that hold themselves, or double with each step, come to an end', async t => {
  const groups = Array.from({ length: 29 }, (_, at) => {
    const next = `<xs:group ref="t:d${at + 1}"/>`;
    return `<xs:group name="d${at}"><xs:sequence>${next}${next}</xs:sequence></xs:group>`;
  }).join('');
  const schema = `<types><xs:schema targetNamespace="urn:a" xmlns:t="urn:a">
    <xs:element name="a" type="t:a"/><xs:element name="aResponse" type="t:b"/>
    <xs:complexType name="a"><xs:complexContent><xs:extension base="t:a"><xs:sequence/></xs:extension></xs:complexContent></xs:complexType>
    <xs:complexType name="b"><xs:sequence><xs:group ref="t:g"/><xs:group ref="t:d0"/></xs:sequence></xs:complexType>${groups}
    <xs:group name="g"><xs:sequence><xs:group ref="t:g"/><xs:element name="b" type="t:b"/></xs:sequence></xs:group>
  </xs:schema></types>
  <message name="m" xmlns:t="urn:a"><part name="p" element="t:a"/></message><message name="r" xmlns:t="urn:a"><part name="p" element="t:aResponse"/></message>
  <portType name="p" xmlns:t="urn:a"><operation name="a"><input message="t:m"/><output message="t:r"/></operation></portType>
  <binding name="b" type="t:p" xmlns:t="urn:a" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"><s:binding/>
    <operation name="a"><s:operation/><input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation></binding>`;
  const readFile = () => Buffer.from(definitions(schema));
  const ask = { operation: 'a', reply: { fields: { a: 'b.b.b' } } };
  t.ok(Array.isArray(adapter.check?.({ ...settings, qualified: false }, ask, readFile)));
});
