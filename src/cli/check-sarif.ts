/** What `stile check` found as a SARIF log (OASIS SARIF 2.1.0), as code hosts and editors read it. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Fault } from '../registry/fault.js';
import { type SafetyRuleId, safetyRules, severityOf } from '../registry/safety/safety-rule.js';
import { root } from '../root.js';
import type { Language } from '../text.js';
import type { Checked } from './check.js';
import { wrongText } from './fault-text.js';

/** One run of one tool. */
export function sarifLog({ faults, excepted }: Checked, language: Language) {
  const told = [...faults, ...excepted.map(({ fault }) => fault)];
  const rules = [...new Set(told.map(({ rule }) => rule))].sort();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'stile', version, rules: rules.map(id => ruleOf(id, language)) } },
        language: { zh: 'zh-CN', en: 'en-US' }[language],
        columnKind: 'utf16CodeUnits',
        results: [
          ...faults.map(fault => resultOf(fault, rules, language)),
          ...excepted.map(({ fault, reason }) => ({
            ...resultOf(fault, rules, language),
            suppressions: [{ kind: 'inSource', status: 'accepted', justification: reason }],
          })),
        ],
      },
    ],
  };
}

function ruleOf(id: string, language: Language) {
  if (!Object.hasOwn(safetyRules, id)) return { id };
  const { message, fix } = safetyRules[id as SafetyRuleId];
  return {
    id,
    shortDescription: { text: message[language] },
    help: { text: fix[language] },
    defaultConfiguration: { level: severityOf(id) },
  };
}

const resultOf = (fault: Fault, rules: readonly string[], language: Language) => ({
  ruleId: fault.rule,
  ruleIndex: rules.indexOf(fault.rule),
  level: severityOf(fault.rule),
  message: { text: `${wrongText(fault, language)}${{ zh: '；', en: '; ' }[language]}${fault.fix[language]}` },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: uriOf(fault.file) },
        region: { startLine: fault.line, startColumn: fault.column },
      },
      ...(fault.pointer === '' ? {} : { logicalLocations: [{ fullyQualifiedName: fault.pointer }] }),
    },
  ],
});

/** Relative paths stay so: whoever reads the log knows the folder that it was made in. */
const uriOf = (file: string): string =>
  isAbsolute(file)
    ? pathToFileURL(file).href
    : encodeURI(file.replaceAll('\\', '/')).replace(/[?#]/g, encodeURIComponent);
