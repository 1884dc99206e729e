/** Fictitious names: family names by how common they are, given names by sex and generation, and names joined by `·`. */
import type { Random } from './random.js';

export type Sex = 'male' | 'female';

/** Each line is twice as common as the one below it. */
const familyNames = [
  '王李张刘陈',
  '杨黄赵吴周徐孙马朱胡',
  '林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘',
  '田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万',
].map(line => [...line]);
const doubleFamilyNames = ['欧阳', '司徒', '上官', '诸葛', '司马', '端木', '皇甫', '尉迟'];

interface Generation {
  /** Born in this year or later. */
  readonly from: number;
  readonly male: readonly string[];
  readonly female: readonly string[];
}

const split = (characters: string): string[] => [...characters];

/** Youngest first. */
const generations: readonly Generation[] = [
  {
    from: 2000,
    male: split('子墨宇轩浩然梓睿博文奕辰泽俊昊铭嘉沐'),
    female: split('欣怡梓涵诗雨萱可语桐若溪佳琪瑶悦芷'),
  },
  { from: 1978, male: split('伟杰鹏飞磊超勇涛斌浩志明思远俊凯'), female: split('婷静敏雪莉丹娜晓雯倩颖琳慧洁燕') },
  { from: 1900, male: split('国建军德福贵荣华志强永庆文光明忠'), female: split('秀英桂兰玉珍淑芳凤莲翠美月芝红') },
];

/** Characters that old code pages lack; GB 18030 writes them in four bytes. */
const rareCharacters = split('䶮㛃𬱖𫍯𪻐');

const uyghur: Readonly<Record<Sex, readonly string[]>> = {
  male: ['阿卜杜拉', '买买提', '艾尔肯', '吐尔逊', '阿迪力', '玉素甫'],
  female: ['古丽娜尔', '阿依努尔', '热依汗', '迪丽拜尔', '帕提古丽'],
};
const kazakh: Readonly<Record<Sex, readonly string[]>> = {
  male: ['叶尔波力', '努尔兰', '哈那提', '别克'],
  female: ['阿依古丽', '古丽扎提', '库兰', '玛依拉'],
};

/** A family name, the common ones more often. */
export function familyName(random: Random): string {
  if (random.chance(0.004)) return random.pick(doubleFamilyNames);
  const draw = random.next();
  const line = draw < 0.34 ? 0 : draw < 0.6 ? 1 : draw < 0.82 ? 2 : 3;
  return random.pick(familyNames[line] ?? []);
}

/** A given name of one or two characters, as its bearer's generation has them. */
export function givenName(random: Random, sex: Sex, birthYear: number): string {
  const characters = generations.find(generation => birthYear >= generation.from)?.[sex] ?? [];
  const last = random.chance(0.003) ? random.pick(rareCharacters) : random.pick(characters);
  return random.chance(0.82) ? random.pick(characters) + last : last;
}

/** A name of Xinjiang: one's own name and the father's, joined by `·` (U+00B7). */
export function joinedName(random: Random, sex: Sex): string {
  const people = random.chance(0.7) ? uyghur : kazakh;
  return `${random.pick(people[sex])}·${random.pick(people.male)}`;
}
