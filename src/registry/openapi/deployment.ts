/** What the API description describes, and in which language. */
import type { Language } from '../../text.js';
import type { Registry } from '../registry.js';

export interface Deployment {
  readonly registry: Registry;
  /** Ids of the purposes that agreements now in force name for a service; none where there is no agreement. */
  purposesOf(service: string): readonly string[];
  /** Of titles and descriptions. */
  readonly language: Language;
  /** Of Stile, as package.json has it. */
  readonly version: string;
}
