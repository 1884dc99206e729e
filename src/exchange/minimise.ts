/** Step *minimise*: only the granted fields, masked as the grant says, ever go on from here. */
import type { Grant } from '../agreements/grant.js';

/**
 * @param reply what the department answered; it is left as it was
 * @returns a new value that holds granted fields alone
 */
export const minimise = (reply: unknown, grant: Grant): unknown => grant.minimise(reply);
