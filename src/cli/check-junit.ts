/** What `stile check` found as a JUnit report, as build servers read it: a test case for each finding. */
import type { Fault } from '../registry/fault.js';
import { severityOf } from '../registry/safety/safety-rule.js';
import type { Language } from '../text.js';
import type { Checked } from './check.js';
import { harmless } from './display.js';
import { wrongText } from './fault-text.js';

/** A finding that fails nothing passes, with its text as output; an excepted one is skipped, with its reason. */
export function junitReport({ faults, excepted, fails }: Checked, language: Language): string {
  const cases = [
    ...faults.map(fault => testCase(fault, verdict(fault, fails(fault), language))),
    ...excepted.map(({ fault, reason }) => testCase(fault, [`<skipped message="${escaped(reason)}"/>`])),
  ];
  const whole = cases.length > 0 ? cases : ['    <testcase classname="stile" name="check"/>'];
  const failures = faults.filter(fails).length;
  const counts = `tests="${whole.length}" failures="${failures}" errors="0" skipped="${excepted.length}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="stile check" ${counts}>`,
    `  <testsuite name="stile check" ${counts}>`,
    ...whole,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function verdict(fault: Fault, fails: boolean, language: Language): string[] {
  const { rule, file, line, column, pointer, fix } = fault;
  const wrong = wrongText(fault, language);
  const text = escaped(
    [`${file}:${line}:${column}`, pointer, wrong, fix[language]].filter(each => each !== '').join('\n'),
  );
  if (!fails) return [`<system-out>${severityOf(rule)}\n${text}</system-out>`];
  return [`<failure type="${rule}" message="${escaped(wrong)}">${text}</failure>`];
}

const testCase = ({ rule, file, line, column }: Fault, lines: readonly string[]): string =>
  [
    `    <testcase classname="${escaped(file)}" name="${escaped(`${rule} ${line}:${column}`)}">`,
    ...lines.map(each => `      ${each}`),
    '    </testcase>',
  ].join('\n');

/** As XML 1.0, section 2.4, wants it; controls that no XML may hold are shown as their code points. */
const escaped = (text: string): string =>
  text
    .split('\n')
    .map(harmless)
    .join('\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
