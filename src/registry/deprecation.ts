/** A service that callers should leave: what its replies say of that, and whether config's dates and successor make sense. */
import type { Service as ServiceConfig } from '../../schemas/stile/department.js';
import { below, type Finding, rule } from './fault.js';
import { dayStart } from './formats/calendar.js';
import { nearest } from './nearest.js';
import type { Outline } from './outline.js';
import type { Deprecation } from './registry.js';
import { didYouMean } from './shape-text.js';

type Written = NonNullable<ServiceConfig['deprecated']>;

const day = 24 * 60 * 60 * 1000;

/** What the registry holds of it. */
export const deprecationOf = (written: Written): Deprecation => ({ ...written, headers: headersOf(written) });

function headersOf({ since, sunset, successor, documentation }: Written): Deprecation['headers'] {
  const links = [
    successor === undefined ? [] : `</exchange/${successor}>; rel="successor-version"`,
    documentation === undefined ? [] : `<${documentation}>; rel="deprecation"`,
  ].flat();
  return {
    // RFC 9745, section 2.1: a date of structured fields (RFC 9651, section 3.3.7).
    deprecation: `@${dayStart(since) / 1000}`,
    // RFC 8594, section 3: from then on nothing is promised.
    sunset: sunset === undefined ? undefined : new Date(dayStart(sunset) + day).toUTCString(),
    link: links.length === 0 ? undefined : links.join(', '),
  };
}

/**
 * Dates in the wrong order, and successors that are not there.
 *
 * @param known every service of every department, by `department/service/v1`
 */
export function deprecationFindings(file: Outline, known: ReadonlySet<string>): Finding[] {
  return Object.entries(file.services ?? {}).flatMap(([key, service]) => {
    const { since, sunset, successor } = service?.deprecated ?? {};
    const pointer = below('/services', key, 'deprecated');
    const own = `${file.id}/${key}`;
    return [
      ...(since !== undefined && sunset !== undefined && sunset < since
        ? [{ ...tooEarly, pointer: below(pointer, 'sunset') }]
        : []),
      ...(successor !== undefined && (successor === own || !known.has(successor))
        ? [{ ...noSuccessor(successor, own, [...known]), pointer: below(pointer, 'successor') }]
        : []),
    ];
  });
}

const tooEarly: Omit<Finding, 'pointer'> = {
  rule: rule.deprecation,
  message: { zh: '停用日早于弃用日', en: 'the sunset is before the deprecation' },
  fix: { zh: '把 sunset 写成 since 当日或其后', en: 'write a sunset on or after since' },
};

const noSuccessor = (successor: string, own: string, known: readonly string[]): Omit<Finding, 'pointer'> => ({
  rule: rule.deprecation,
  message:
    successor === own
      ? { zh: '不能由自己接替', en: 'it cannot be its own successor' }
      : { zh: `没有数据服务 ${successor}`, en: `there is no service ${successor}` },
  fix: didYouMean(
    nearest(
      successor,
      known.filter(each => each !== own),
    ),
    known.filter(each => each !== own),
  ),
});
