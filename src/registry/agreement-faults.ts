/** Checks the files of agreements: what was found right stays so, as long as the file and what its agreements name are the same. */
import type { Agreement as AgreementDocument, AgreementsFile } from '../../schemas/stile/agreements.js';
import { agreementFindings } from './agreement-check.js';
import type { Declared } from './declared.js';
import type { Document } from './document.js';
import { below, type Fault, type Finding, rule } from './fault.js';
import type { ConfigFile } from './files.js';
import { nameOf, placesIn } from './found-file.js';
import type { Registry } from './registry.js';
import { agreementRules, judgeAgreements, type Safety } from './safety/judge-safety.js';
import type { Judged } from './safety/judged.js';
import { gathered, inSlices } from './slices.js';

/** A file of agreements that was found right. */
export interface RightAgreements {
  readonly digest: string;
  /** In the order of the file. */
  readonly ids: readonly string[];
  /** Departments that its agreements name. */
  readonly parties: readonly string[];
  /** The purposes and these departments, as they were: a department is made anew whole, with its services and clients. */
  readonly restsOn: readonly unknown[];
}

export interface CheckedAgreementFiles {
  readonly faults: readonly Fault[];
  /** By file. */
  readonly right: ReadonlyMap<string, RightAgreements>;
  /** Empty unless safety is judged. */
  readonly safety: readonly Safety[];
}

interface Item {
  readonly agreement: AgreementDocument | undefined;
  readonly index: number;
  findings: readonly Finding[];
  judged: readonly Judged[];
}

/** A file with its agreements: those of one that is known to be right are not read. */
interface Checked {
  readonly file: ConfigFile;
  readonly known: RightAgreements | undefined;
  readonly items: readonly Item[];
  readonly document?: Document;
}

/**
 * Checked against what there is of the registry, so that faults elsewhere hide none here and none is told twice.
 *
 * @param read reads a file that is not known to be right
 * @param known what was found right before
 */
export async function checkAgreementFiles(
  files: readonly ConfigFile[],
  read: (file: ConfigFile) => Document,
  declared: Declared,
  registry: Registry,
  known: ReadonlyMap<string, RightAgreements>,
  judgesSafety: boolean,
): Promise<CheckedAgreementFiles> {
  const checked = await gathered(files, (file): Checked[] => {
    const before = judgesSafety ? undefined : known.get(nameOf(file));
    const isRight = before?.digest === file.digest && sameAs(before.restsOn, restsOn(before.parties, registry));
    if (isRight) return [{ file, known: before, items: [] }];
    const document = read(file);
    const { agreements = [] } = (document.written ?? {}) as Partial<AgreementsFile>;
    const items = agreements.map((agreement, index): Item => ({ agreement, index, findings: [], judged: [] }));
    return [{ file, known: undefined, items, ...(judgesSafety ? { document } : {}) }];
  });
  await checkItems(checked, registry, judgesSafety);
  const owners = new Map<string, string>();
  const right = new Map<string, RightAgreements>();
  const faults = await gathered(checked, each => {
    const rightly = each.known ?? rightOf(each, registry);
    if (rightly !== undefined) right.set(nameOf(each.file), rightly);
    const again = rightly?.ids ?? each.items.map(({ agreement }) => agreement?.id);
    return [...agreementFaults(each, declared), ...repeated(again, each.file, owners)];
  });
  const safety = checked.flatMap(({ document, items }) =>
    document?.value === undefined
      ? []
      : judgeAgreements(
          document,
          items.map(({ judged }) => judged),
        ),
  );
  return { faults, right, safety };
}

/** Service by service, each of which is looked up once. */
async function checkItems(checked: readonly Checked[], registry: Registry, judgesSafety: boolean): Promise<void> {
  const due = checked.flatMap(({ items, document }) => {
    const valued = judgesSafety ? (document?.value as Partial<AgreementsFile> | undefined)?.agreements : undefined;
    return items.map(item => ({ item, valued: valued?.[item.index], of: String(item.agreement?.service) }));
  });
  due.sort((one, other) => (one.of < other.of ? -1 : Number(one.of > other.of)));
  await inSlices(due, ({ item, valued, of }) => {
    if (item.agreement === undefined) return;
    item.findings = agreementFindings(item.agreement, registry);
    if (valued !== undefined && item.findings.length === 0) {
      item.judged = agreementRules(valued, registry.services.get(of)?.contract);
    }
  });
}

function* agreementFaults({ file, items }: Checked, declared: Declared): Iterable<Fault> {
  for (const { agreement, index, findings } of items) {
    for (const finding of findings) if (!declared.explains(finding, agreement)) yield placed(file, index, finding);
  }
}

function* repeated(
  ids: readonly (string | undefined)[],
  file: ConfigFile,
  owners: Map<string, string>,
): Iterable<Fault> {
  for (const [index, id] of ids.entries()) {
    if (id === undefined) continue;
    const owner = owners.get(id);
    owners.set(id, owner ?? nameOf(file));
    if (owner !== undefined) yield placed(file, index, sameId(id, owner));
  }
}

const placed = (file: ConfigFile, index: number, finding: Finding): Fault =>
  placesIn(file).fault({ ...finding, pointer: below('/agreements', index) + finding.pointer });

/** What only is not told, as another file explains it, is not right. */
function rightOf({ file, items }: Checked, registry: Registry): RightAgreements | undefined {
  const agreements = items.flatMap(({ agreement }) => agreement ?? []);
  if (agreements.length < items.length || items.some(({ findings }) => findings.length > 0)) return undefined;
  const parties = [...new Set(agreements.flatMap(({ provider, consumer }) => [provider, consumer]))];
  const ids = agreements.map(({ id }) => id);
  // A copy: what was cut out of a text keeps the whole of it in memory.
  return { digest: file.digest, ...structuredClone({ ids, parties }), restsOn: restsOn(parties, registry) };
}

const restsOn = (parties: readonly string[], { purposes, departments }: Registry): unknown[] => [
  purposes,
  ...parties.map(id => departments.get(id)),
];

const sameAs = (before: readonly unknown[], now: readonly unknown[]): boolean =>
  before.every((each, at) => each === now[at]);

const sameId = (id: string, file: string): Finding => ({
  rule: rule.duplicateId,
  pointer: '/id',
  message: { zh: `协议 ${id} 在 ${file} 里已有`, en: `there is an agreement ${id} in ${file} already` },
  fix: { zh: '换一个编号', en: 'choose another id' },
});
