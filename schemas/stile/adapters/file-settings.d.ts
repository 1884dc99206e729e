/** Generated from adapters/file-settings.json by schemas/generate.ts; do not edit. */

/**
 * Where a department drops its files, and how they are written. 部门投放文件的位置与书写方式。
 */
export interface FileSettings {
  /**
   * The folder that the files are dropped in; links in it are refused. 投放文件的文件夹；其中的链接一律拒绝。
   */
  folder: string;
  sftp?: SftpSettings;
  /**
   * Name of the file. Braces hold the form of the date that is in it, and the newest is taken. 文件名；花括号中为名称所含日期的格式，取最新的一个。
   */
  file: string;
  /**
   * How its rows are written. 行的书写方式。
   */
  format: 'csv' | 'fixed-width' | 'xlsx';
  /**
   * Of its text; a byte order mark may be there, and must be for UTF-16. 文本编码；可带字节序标记，UTF-16 必须带。
   */
  encoding?: 'UTF-8' | 'UTF-16' | 'UTF-16LE' | 'UTF-16BE' | 'GB18030' | 'GBK';
  /**
   * Between the cells of a line. 单元格之间的分隔符。
   */
  delimiter?: ',' | ';' | '|' | '\t';
  /**
   * Whether the first line is a header: true unless config says otherwise, and of fixed width false. Without one, columns names all of them in their order. 首行是否为表头：默认为 true，定宽文件默认为 false；没有表头时 columns 依次列出全部列。
   */
  header?: boolean;
  /**
   * The columns that are read, by the names in the header; a file that lacks one is refused. 所读的列，以表头中的名称书写；缺列的文件将被拒绝。
   *
   * @minItems 1
   * @maxItems 200
   */
  columns: string[];
  /**
   * Of fixed width: where each column is. 定宽文件中各列的位置。
   */
  positions?: {
    /**
     * Its first place, counted from 1, and how many there are. 起始位置（从 1 起）与长度。
     */
    [k: string]: {
      /**
       * From 1. 从 1 起。
       */
      start: number;
      /**
       * How many. 长度。
       */
      length: number;
    };
  };
  /**
   * What positions count. 位置的计数单位：字节或字符。
   */
  unit?: 'bytes' | 'characters';
  /**
   * Of a workbook: the sheet's name; without it, the first. 工作簿中的工作表名称；省略时取第一个。
   */
  sheet?: string;
  /**
   * The columns by which rows are looked up. 查找行所用的列。
   *
   * @minItems 1
   * @maxItems 8
   */
  key: string[];
  /**
   * Several rows may have one key; otherwise a file with such rows is refused. 允许多行同键；否则含重复键的文件将被拒绝。
   */
  repeats?: true;
  /**
   * A second file, written last, that says that the first is whole; without it, a file is taken once it stays the same between two looks. 最后写入、表明文件已完整的第二个文件；省略时以两次查看之间不变为准。
   */
  marker?: {
    /**
     * What its name has after the file's. 其名称在文件名之后的部分。
     */
    suffix: string;
    /**
     * sha256: its first word is the file's SHA-256 in hexadecimal, and must be right. sha256：其首个词为文件的 SHA-256（十六进制），必须相符。
     */
    holds?: 'sha256';
  };
  /**
   * Milliseconds between looks at the folder. 查看文件夹的间隔（毫秒）。
   */
  lookEvery?: number;
  /**
   * Where the data's time comes from: the date in the file's name, or when the file was last modified. 数据时间取自文件名中的日期，或文件的修改时间。
   */
  asOf?: 'name' | 'modified';
  /**
   * A file beyond one of these is refused. 超出任一项的文件将被拒绝。
   */
  limits?: {
    /**
     * Largest file. 文件大小上限。
     */
    bytes?: number;
    /**
     * Most rows; each takes 8 bytes of memory, and as many more while a file is read. 行数上限；每行占 8 字节内存，读取新文件时加倍。
     */
    rows?: number;
    /**
     * Longest row, in characters. 单行字符数上限。
     */
    rowLength?: number;
  };
  /**
   * Folder on a disk of the gateway's own, where the copy that questions are answered from has its bytes, under no name; without it, the system's folder for temporary files. 网关本机磁盘上的文件夹，存放供查询的副本（无文件名）；省略时为系统临时文件夹。
   */
  snapshots?: string;
  codes?: Codes;
  /**
   * Offset of the department's clock. 部门系统时钟的时区偏移。
   */
  utcOffset?: string;
}
/**
 * How to reach the machine over SFTP. 经 SFTP 访问的设置。
 */
export interface SftpSettings {
  /**
   * Its name or address. 主机名或地址。
   */
  host: string;
  /**
   * Its port. 端口。
   */
  port?: number;
  /**
   * A login of the gateway's own, which may read the folder and no more. 网关专用的登录名，只可读取该文件夹。
   */
  user: string;
  /**
   * Its password. 口令。
   */
  password?: string;
  /**
   * Its private key, as OpenSSH or PEM has it. 私钥（OpenSSH 或 PEM 格式）。
   */
  key?: string;
  /**
   * Of the private key. 私钥的口令。
   */
  passphrase?: string;
  /**
   * Fingerprints of the host keys that the machine may show, as ssh-keygen -lf writes them; any other is refused. 该机器可出示的主机密钥指纹（ssh-keygen -lf 的写法）；其他一律拒绝。
   *
   * @minItems 1
   * @maxItems 8
   */
  hostKeys: string[];
  /**
   * Longest wait for a connection, milliseconds. 建立连接的最长等待（毫秒）。
   */
  connectTimeout?: number;
}
/**
 * Code lists that mappings name. 供映射引用的代码表。
 */
export interface Codes {
  /**
   * The department's codes as keys, the contract's values. Codes in quotes. 代码表：键为部门代码（加引号），值为契约取值。
   */
  [k: string]: {
    [k: string]: string | number | boolean;
  };
}
