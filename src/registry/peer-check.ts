/** Checks what config says of other Stile gateways: that they are others, and that somebody speaks for the departments behind them. */
import type { DepartmentFile } from '../../schemas/stile/department.js';
import { below, type Finding, rule } from './fault.js';

/**
 * @param file what of the department has the right shape, as written
 * @param deployment this gateway's own; undefined where it is not known
 */
export function peerFindings({ peer, clients = {}, adapters = {} }: DepartmentFile, deployment: unknown): Finding[] {
  const named = [
    ...(peer === undefined ? [] : [{ name: peer.deployment, pointer: '/peer/deployment' }]),
    ...Object.entries(adapters).flatMap(([id, { kind, settings }]) =>
      kind === 'stile'
        ? [{ name: settings.deployment, pointer: below('/adapters', id, 'settings', 'deployment') }]
        : [],
    ),
  ];
  const own = named.filter(({ name }) => deployment !== undefined && name === deployment);
  const isSilent = peer !== undefined && Object.keys(clients).length === 0;
  return [...own.map(({ pointer }) => ({ ...itself, pointer })), ...(isSilent ? [silent] : [])];
}

const itself: Omit<Finding, 'pointer'> = {
  rule: rule.peer,
  message: { zh: '这是本网关自己的部署名称', en: "this is the gateway's own deployment" },
  fix: { zh: '写对端 config/stile.yaml 中的 deployment', en: "write the deployment of the peer's config/stile.yaml" },
};

const silent: Finding = {
  rule: rule.peer,
  pointer: '/peer',
  at: 'key',
  message: { zh: '没有调用系统可代表这些部门', en: 'there is no client to speak for these departments' },
  fix: { zh: '在 clients 下登记对端网关的公钥', en: "add the peer's gateway and its public key under clients" },
};
