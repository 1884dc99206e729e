/** What an HTTP status that is no answer says went wrong. */
import { type Failure, type FailureKind, failure } from './adapter.js';

/** 3xx is never followed: that would carry credentials and persons' data to an address that no config names. */
const byClass: Readonly<Record<number, FailureKind>> = {
  3: failure.malformed,
  4: failure.rejected,
  5: failure.failing,
};

const byStatus: Readonly<Record<number, FailureKind>> = {
  401: failure.denied,
  403: failure.denied,
  407: failure.denied,
  429: failure.busy,
  503: failure.busy,
};

export const failureOfStatus = (status: number): Failure => ({
  failure: byStatus[status] ?? byClass[Math.floor(status / 100)] ?? failure.malformed,
  detail: `status ${status}`,
  // Not so for 503, which proxies also send when the system was lost after the question had reached it.
  ...(status >= 400 && status < 500 ? { notActed: true } : {}),
});

/** Statuses after which a safe question may fare better: the system, or what stands before it, was away for a moment. */
export const isPassing = ({ status }: { readonly status: number }): boolean =>
  status === 502 || status === 503 || status === 504;
