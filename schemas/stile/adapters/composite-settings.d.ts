/** Generated from adapters/composite-settings.json by schemas/generate.ts; do not edit. */

/**
 * The composite adapter has none. composite 适配器没有设置。
 */
export interface CompositeSettings {}
