/** Works through much in slices, so that what else waits for the thread, exchanges above all, has its turn in between. */
import { setImmediate } from 'node:timers/promises';

/** Longest slice, milliseconds, but for one item that takes longer. */
const slice = 10;

/** Does the work for each item, in order. */
export async function inSlices<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let begun = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - begun < slice) continue;
    await setImmediate();
    begun = performance.now();
  }
}

/** What is made of all items, in order. */
export async function gathered<T, Made>(items: Iterable<T>, make: (item: T) => Iterable<Made>): Promise<Made[]> {
  const made: Made[] = [];
  await inSlices(items, item => {
    for (const each of make(item)) made.push(each);
  });
  return made;
}
