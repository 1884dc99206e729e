/** The one canonicaliser of request targets: a target that decoding or normalising would change is refused, never mended. */

const segment = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const exchangePath = new RegExp(`^/(exchange|explain)/(${segment}/${segment}/v[1-9][0-9]{0,3})$`);
/** Unreserved characters of RFC 3986, section 2.3, between single slashes. */
const plainPath = /^(?:\/[A-Za-z0-9._~-]*)+$/;

export interface Target {
  readonly way: 'exchange' | 'explain';
  /** `department/service/v1` */
  readonly service: string;
  /** The query as sent, without its question mark. */
  readonly query: string;
}

export const notCanonical = 'not-canonical';
export const notFound = 'not-found';

/**
 * Reads the target of a call.
 *
 * Routers decode `%2e%2e`, `%2F` and `%65` before they match, and so let a path through that looks different to
 * whatever stands before them; here only the one spelling of a path passes.
 */
export function readTarget(target: string): Target | typeof notCanonical | typeof notFound {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const found = path.length <= 512 ? exchangePath.exec(path) : null;
  if (found !== null) {
    return {
      way: found[1] === 'explain' ? 'explain' : 'exchange',
      service: found[2] ?? '',
      query: mark < 0 ? '' : target.slice(mark + 1),
    };
  }
  return isCanonical(path) ? notFound : notCanonical;
}

/** Whether a path is written in its one spelling: no escapes, no empty or dot segments, origin-form (RFC 9112, section 3.2.1). */
export function isCanonical(path: string): boolean {
  return (
    plainPath.test(path) && !path.slice(0, -1).includes('//') && !path.endsWith('//') && !/\/\.{1,2}(?:\/|$)/.test(path)
  );
}
