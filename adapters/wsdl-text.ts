/** What is said where config and a WSDL differ, with the place in the WSDL, in both languages. */
import type { SettingFault } from './adapter.js';
import type { WsdlFault } from './wsdl.js';

export type WsdlText = Omit<SettingFault, 'pointer'>;

const text = (zh: string, en: string, fixZh: string, fixEn: string): WsdlText => ({
  message: { zh, en },
  fix: { zh: fixZh, en: fixEn },
});

const listed = (names: readonly string[]): { zh: string; en: string } =>
  names.length === 0 ? { zh: '没有', en: 'none' } : { zh: names.join('、'), en: names.join(', ') };

export const wsdlText = {
  version: (version: string, known: readonly string[]) =>
    text(
      `WSDL 没有 SOAP ${version} 的绑定`,
      `the WSDL has no binding of SOAP ${version}`,
      `它的绑定：${listed(known).zh}；改 version`,
      `it has ${listed(known).en}: change version`,
    ),
  noOperation: (wanted: string, known: readonly string[]) =>
    text(
      `WSDL 没有以 ${wanted} 为请求元素的操作`,
      `the WSDL has no operation whose request is the element ${wanted}`,
      `它有 ${listed(known).zh}`,
      `it has ${listed(known).en}`,
    ),
  otherElement: (place: string, wanted: string, input: readonly string[]) =>
    text(
      `WSDL 的 ${place} 的请求元素不是 ${wanted}`,
      `in the WSDL the request of ${place} is not the element ${wanted}`,
      `写它的元素与命名空间：${listed(input).zh}`,
      `write its element and namespace: ${listed(input).en}`,
    ),
  rpc: (place: string) =>
    text(
      `WSDL 的 ${place} 是 RPC 样式，本适配器只用 document/literal`,
      `in the WSDL ${place} is in RPC style, and this adapter speaks document/literal only`,
      '请部门提供 document/literal 的接口，或写自己的适配器',
      'have the department offer it as document/literal, or write a module of your own',
    ),
  encoded: (place: string) =>
    text(
      `WSDL 的 ${place} 用 encoded，本适配器只用 document/literal`,
      `in the WSDL ${place} is encoded, and this adapter speaks document/literal only`,
      '请部门提供 literal 的接口',
      'have the department offer it as literal',
    ),
  action: (place: string, action: string) =>
    text(
      `WSDL 的 ${place} 的 SOAPAction 不同`,
      `in the WSDL the SOAPAction of ${place} is another`,
      action === '' ? '删去 action' : `写 action: ${action}`,
      action === '' ? 'leave action out' : `write action: ${action}`,
    ),
  reply: (place: string, element: string) =>
    text(
      `WSDL 的 ${place} 的答复元素是 ${element}`,
      `in the WSDL the reply of ${place} is the element ${element}`,
      '在 replyElement 写它的本地名',
      'write its local name as replyElement',
    ),
  noElement: (place: string, element: string) =>
    text(
      `WSDL 的 ${place} 所用的元素 ${element} 没有定义`,
      `the element ${element} of ${place} is defined nowhere in the WSDL`,
      '补上定义它的 XSD 文件',
      'add the XSD file that defines it',
    ),
  unknown: (at: string, name: string, known: readonly string[]) =>
    text(
      `WSDL 的 ${at} 中没有元素 ${name}`,
      `in the WSDL ${at} has no element ${name}`,
      `它有 ${listed(known).zh}`,
      `it has ${listed(known).en}`,
    ),
  namespace: (at: string, namespace: string) =>
    text(
      `WSDL 的 ${at} 在另一命名空间：${namespace === '' ? '无' : namespace}`,
      `in the WSDL ${at} is in another namespace: ${namespace === '' ? 'none' : namespace}`,
      namespace === '' ? '写 qualified: false' : '在 namespaces 中为它取前缀，写成“前缀:名称”',
      namespace === '' ? 'write qualified: false' : 'give it a prefix in namespaces, and write prefix:name',
    ),
  missing: (at: string) =>
    text(
      `WSDL 要求 ${at}，请求中没有`,
      `the WSDL demands ${at}, and the request has none`,
      '在 body 中写它',
      'write it into body',
    ),
  order: (at: string, before: string) =>
    text(
      `WSDL 中 ${at} 在 ${before} 之前`,
      `in the WSDL ${at} comes before ${before}`,
      '按 WSDL 的顺序写',
      "write them in the WSDL's order",
    ),
  notText: (at: string, known: readonly string[]) =>
    text(
      `WSDL 的 ${at} 不是文本`,
      `in the WSDL ${at} is no text`,
      `写它的元素：${listed(known).zh}`,
      `write its elements: ${listed(known).en}`,
    ),
} as const;

const faults: Readonly<Record<WsdlFault, (file: string) => WsdlText>> = {
  missing: file =>
    text(`读不到 ${file}`, `${file} cannot be read`, '把它放在 config 目录中', 'put it into the config folder'),
  outside: file =>
    text(
      `${file} 不在 config 目录中；不从网络读取`,
      `${file} is not within the config folder, and nothing is fetched`,
      '把文件存入 config 目录，以相对路径引用',
      'save the file in the config folder, and refer to it by a relative path',
    ),
  'not-xml': file =>
    text(
      `${file} 不是可接受的 XML（不接受文档类型、实体与处理指令）`,
      `${file} is no XML that is taken: document types, entities and processing instructions are not`,
      '去掉它们，以 UTF-8 保存',
      'take them out, and save it in UTF-8',
    ),
  'not-wsdl': file =>
    text(
      `${file} 既不是 WSDL 1.1 也不是 XSD`,
      `${file} is neither WSDL 1.1 nor XSD`,
      '换成 WSDL 1.1 的文件',
      'use the file of WSDL 1.1',
    ),
  'too-many': file =>
    text(`${file} 引用的文件过多`, `${file} is one file too many`, '合并这些文件', 'put the files together'),
};

export const wsdlFileText = (file: string, fault: WsdlFault): WsdlText => faults[fault](file);
