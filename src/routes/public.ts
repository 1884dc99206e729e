/** The routes that anyone may read: the API description, for machines and for people. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { agreementState } from '../agreements/agreement.js';
import type { Grants } from '../agreements/grants.js';
import type { Deployment } from '../registry/openapi/deployment.js';
import { openapi } from '../registry/openapi.js';
import type { Registry } from '../registry/registry.js';
import { root } from '../root.js';
import { type Language, languageOf } from '../text.js';
import { docsPage } from './docs/page.js';
import { style } from './docs/style.js';

export interface PublicRoutes {
  /** The registry of now; a request sees one. */
  readonly registry: () => Registry;
  /** The grants of now; they say for which purposes a service is shared. */
  readonly grants: () => Grants;
}

interface Document {
  readonly text: string;
  readonly entityTag: string;
}

const styleDigest = createHash('sha256').update(style).digest('base64');
/** The page runs nothing, loads nothing, and may be put into no other page. */
const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${styleDigest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Registers `/openapi.json` and `/docs`. */
export async function publicRoutes(scope: FastifyInstance, { registry, grants }: PublicRoutes): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const describe = once(registry, grants, version, deployment => JSON.stringify(openapi(deployment)));
  const page = once(registry, grants, version, docsPage);

  scope.get('/openapi.json', (request, reply) =>
    send(describe, request, reply.type('application/json; charset=utf-8')),
  );
  scope.get('/docs', (request, reply) => {
    reply.header('content-security-policy', contentSecurityPolicy).header('referrer-policy', 'no-referrer');
    return send(page, request, reply.type('text/html; charset=utf-8'));
  });
}

/** Makes a document once for each registry, version of the agreements and language. */
function once(
  registry: () => Registry,
  grants: () => Grants,
  version: string,
  make: (deployment: Deployment) => string,
): (language: Language) => Document {
  const kept = new Map<Language, Document & { readonly registry: Registry; readonly grants: Grants }>();
  return language => {
    const now = { registry: registry(), grants: grants() };
    const known = kept.get(language);
    if (known?.registry === now.registry && known.grants === now.grants) return known;
    const purposesOf = (service: string): readonly string[] => purposesIn(now.registry, now.grants, service);
    const text = make({ registry: now.registry, purposesOf, language, version });
    const entityTag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    const made = { text, entityTag, ...now };
    kept.set(language, made);
    return made;
  };
}

/** The purposes for which any department is granted the service, in the registry's order. */
function purposesIn(registry: Registry, grants: Grants, service: string): readonly string[] {
  const granted = [...registry.departments.keys()]
    .flatMap(consumer => grants.of(consumer, service))
    .filter(({ agreement }) => agreement.state === agreementState.active)
    .flatMap(({ agreement }) => agreement.purposes);
  return [...registry.purposes.keys()].filter(id => granted.includes(id));
}

function send(document: (language: Language) => Document, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = chosen(request);
  const { text, entityTag } = document(language);
  reply
    .header('content-language', language)
    .header('vary', 'Accept-Language')
    .header('cache-control', 'no-cache')
    .header('x-content-type-options', 'nosniff')
    .header('etag', entityTag);
  if (request.headers['if-none-match'] === entityTag) return reply.code(304).send();
  return reply.send(text);
}

/** The language that `?lang=` names, or else the browser. */
function chosen({ query, headers }: FastifyRequest): Language {
  const { lang } = query as { readonly lang?: unknown };
  return lang === 'zh' || lang === 'en' ? lang : languageOf(headers['accept-language']);
}
