/** Settings that a connection has from its very first statement, as part of its connection string. */
import { StoreError } from './store-error.js';

/**
 * Adds a run-time setting to those that a connection string asks for.
 *
 * @param database `postgresql://…`
 * @param value without spaces
 * @throws StoreError when it is no URL
 */
export function withSetting(database: string, name: string, value: string): string {
  if (!URL.canParse(database)) {
    throw new StoreError({
      zh: '存储库的连接字符串不是 URL。请写成 postgresql://用户:密码@主机/数据库。',
      en: 'The connection string of the store is no URL. Write postgresql://user:password@host/database.',
    });
  }
  const url = new URL(database);
  const earlier = url.searchParams.get('options');
  url.searchParams.set('options', `${earlier === null ? '' : `${earlier} `}-c ${name}=${value}`);
  return url.href;
}
