/**
 * Keeps a department's services small while nobody asks for them: what is looked at of all of them stays at hand, the rest is packed, and
 * unpacked for a service that is used. A deployment has ten thousands of services, and at any time few in use.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { recent } from '../recent.js';
import { compiledHalf } from './contract.js';
import { deepFreeze } from './freeze.js';
import { type CompiledSchema, type Contract, releaseLevel, type Service, sharing } from './registry.js';
import type { CompiledGroup } from './schema-compiler.js';
import { type Schema, type SchemaStore, schemaId, schemaPath, schemaStore } from './schema-store.js';
import { heldSource } from './source.js';
import { type Compilers, validatorsOf } from './validators.js';

/** The schemas that all departments' contracts may refer to, and what compiles contracts. */
export interface SharedSchemas {
  /** By `$id`. */
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly compilers: Compilers;
}

/** A service without what is long of it. */
export interface ShortService extends Omit<Service, keyof Long | 'contract'> {
  /** Of its contract. */
  readonly digest: string;
  readonly isDescribed: boolean;
}

/** What is long of a service. */
type Long = Pick<Service, 'title' | 'description' | 'ask'>;
type LongContract = Pick<Contract, 'request' | 'reply' | 'example'>;

/** A department's services as plain data, so that another process can make them. */
export interface PackedServices {
  readonly short: readonly ShortService[];
  /** Deflated JSON of {@link Unpacked}. */
  readonly bytes: Uint8Array;
  /** Other departments' schemas that their contracts refer to, by `$id`. */
  readonly foreign: ReadonlyMap<string, Schema>;
  /** How many schema files the department has. */
  readonly schemaCount: number;
}

interface Pack extends Pick<PackedServices, 'bytes' | 'foreign'> {
  readonly shared: SharedSchemas;
}

interface Unpacked {
  /** By the service's id. */
  readonly services: Readonly<Record<string, Long & { readonly example: unknown; readonly closures: Closures }>>;
  readonly schemas: readonly Schema[];
}

/** `$id`s of what each half refers to, itself first. */
type Closures = Readonly<Record<'request' | 'reply', readonly string[]>>;

/** Departments whose pack is held open: who looks at all services goes department by department. */
const packsAtHand = 16;
/** Services that are exchanged, and surely stay at hand with their contracts compiled. */
const servicesInUse = 2048;
/** Contracts that somebody only looks at: an import, a page. */
const contractsLookedAt = 64;

/**
 * @param services as their department's files make them
 * @param group the department's schemas, as they were compiled
 * @param shared those that all may refer to
 */
export function packServices(
  services: readonly Service[],
  { byPath }: CompiledGroup,
  shared: CompiledGroup,
): PackedServices {
  const own = new Map([...byPath.values()].map(({ id, schema }) => [id, schema]));
  const foreign = new Map<string, Schema>();
  const closureOf = (id: string, half: 'request' | 'reply'): string[] =>
    (byPath.get(`${id}/${half}.json`)?.closure ?? []).map(schema => {
      const $id = String(schema.$id);
      if (!own.has($id) && !shared.byPath.has(schemaPath($id) ?? '')) foreign.set($id, schema);
      return $id;
    });
  const long = services.map(({ id, title, description, ask, contract: { example } }) => {
    const closures: Closures = { request: closureOf(id, 'request'), reply: closureOf(id, 'reply') };
    return [id, { title, description, ask, example, closures }] as const;
  });
  const unpacked = { services: Object.fromEntries(long), schemas: [...own.values()] };
  return {
    short: services.map(shortOf),
    bytes: deflateRawSync(JSON.stringify(unpacked), { level: 1 }),
    foreign,
    schemaCount: own.size,
  };
}

const shortOf = ({ title: _title, description, ask: _ask, contract, ...short }: Service): ShortService => ({
  ...short,
  digest: contract.digest,
  isDescribed: description !== undefined,
});

/** The services, and the department's own schemas by `$id`: what is long is read from the pack. */
export function openServices(
  { short, bytes, foreign }: PackedServices,
  shared: SharedSchemas,
): { readonly services: readonly Service[]; schemas(): ReadonlyMap<string, Schema> } {
  // A copy: what was deflated, or sent by another process, lies in a far larger buffer.
  const pack: Pack = { bytes: Uint8Array.from(bytes), foreign, shared };
  return { services: short.map(each => openService(each, pack)), schemas: () => opened.get(pack).schemas };
}

interface Opened {
  readonly services: Unpacked['services'];
  readonly schemas: ReadonlyMap<string, Schema>;
}

const opened = recent<Pack, Opened>(packsAtHand, ({ bytes }) => {
  const { services, schemas } = JSON.parse(inflateRawSync(bytes).toString()) as Unpacked;
  return { services, schemas: new Map(schemas.map(schema => [String(schema.$id), schema])) };
});

/** Which pack a service or contract is read from, and under which id. */
const packed = Symbol('packed');
interface Place {
  readonly pack: Pack;
  readonly id: string;
}
interface Packed {
  readonly [packed]: Place;
}

/** Members one by one and in one order, so that all services have one hidden class: with many, it is larger than they are. */
function openService(short: ShortService, pack: Pack): Service {
  const { id, department, safe, intent, mapping, deadline, retries, replyLimit, digest, isDescribed } = short;
  const { adapter, reason, parts, cacheLife, deprecation } = short;
  const place: Place = { pack, id };
  const contract = opening({ digest, [packed]: place }, longContract);
  const service = {
    id,
    department,
    sharing: sharing[short.sharing],
    safe,
    intent,
    contract,
    mapping,
    deadline,
    retries,
    release: releaseLevel[short.release],
    replyLimit,
    [packed]: place,
  };
  const rare = { adapter, reason, parts, cacheLife, deprecation };
  for (const [name, value] of Object.entries(rare)) {
    if (value !== undefined) Object.assign(service, { [name]: deepFreeze(value) });
  }
  return opening(service, isDescribed ? { ...longService, ...longDescription } : longService) as unknown as Service;
}

/** The object with getters for what is long; where that is read from shows to nobody. */
function opening<T extends Packed>(object: T, long: PropertyDescriptorMap): T {
  Object.defineProperty(object, packed, { enumerable: false });
  return Object.freeze(Object.defineProperties(object, long));
}

/** The same getters for all, so that a service is no larger for them; they read as members that are there. */
const longService = gettersOf<Long>(['title', 'ask'], place => longOf.get(place));
const longDescription = gettersOf<Long>(['description'], place => longOf.get(place));
const longContract = gettersOf<LongContract>(['request', 'reply', 'example'], place => contractOf(place));

function gettersOf<Of>(names: readonly (keyof Of & string)[], open: (place: Place) => Of) {
  return Object.fromEntries(
    names.map(name => [
      name,
      {
        enumerable: true,
        get(this: Packed) {
          return open(this[packed])[name];
        },
      },
    ]),
  );
}

const longOf = recent<Place, Long>(servicesInUse, ({ pack, id }) => {
  const found = opened.get(pack).services[id];
  if (found === undefined) throw new Error(`the pack has no service ${id}`);
  const { title, description, ask } = found;
  return deepFreeze({ title, ask, ...(description === undefined ? {} : { description }) });
});

const contractOf = (place: Place): LongContract => inUse.find(place) ?? lookedAt.get(place);
const lookedAt = recent<Place, LongContract>(contractsLookedAt, openContract);
const inUse = recent<Place, LongContract>(servicesInUse, openContract);

function openContract(place: Place): LongContract {
  const { pack, id } = place;
  const { services, schemas } = opened.get(pack);
  const found = services[id];
  if (found === undefined) throw new Error(`the pack has no service ${id}`);
  const { shared, foreign } = pack;
  const schemaOf = ($id: string) => schemas.get($id) ?? shared.schemas.get($id) ?? foreign.get($id);
  const store = schemaStore($id => {
    const schema = schemaOf($id);
    return schema && heldSource($id, schema);
  });
  const half = (which: 'request' | 'reply'): CompiledSchema => {
    const $id = schemaId(`${id}/${which}.json`);
    const closure = found.closures[which].map(schemaOf).filter(schema => schema !== undefined);
    const { check, ...compiled } = openedHalf($id, closure, store, shared);
    return {
      ...compiled,
      check(value) {
        // Who checks by it exchanges.
        inUse.keep(place, contract);
        return check(value);
      },
    };
  };
  const contract: LongContract = deepFreeze({
    request: half('request'),
    reply: half('reply'),
    example: found.example,
  });
  return contract;
}

function openedHalf(
  id: string,
  closure: readonly Schema[],
  store: SchemaStore,
  { schemas, compilers }: SharedSchemas,
): CompiledSchema {
  const [schema] = closure;
  if (schema === undefined) throw new Error(`the pack has no schema ${id}`);
  const passing = closure.filter(({ $id }) => !schemas.has(String($id)));
  const validators = validatorsOf(compilers, closure, passing);
  return compiledHalf({ schema, id, validators, source: heldSource(id, schema) }, store).compiled;
}
