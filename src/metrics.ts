/** The form in which a monitoring system reads what is counted: Prometheus's text exposition format 0.0.4. */

/** One thing that is counted or measured, told by the part of the gateway that knows it. */
export interface Metric {
  /** `stile_…`, with the unit at its end; a counter's ends in `_total`. */
  readonly name: string;
  /** A gauge goes up and down, a counter only up. */
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Ids and words of a closed set: what callers make up has no end, and each would be one more series. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics of one name become one, in the order in which the first of them came: a name may stand in the text once only. */
export function metricsText(metrics: readonly Metric[]): string {
  const byName = new Map<string, Metric>();
  for (const metric of metrics) {
    const known = byName.get(metric.name);
    byName.set(metric.name, known ? { ...known, samples: [...known.samples, ...metric.samples] } : metric);
  }
  return [...byName.values()].map(textOf).join('');
}

const textOf = ({ name, type, help, samples }: Metric): string =>
  [
    `# HELP ${name} ${help.replace(/[\\\n]/g, escaped)}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels = {}, value }) => `${name}${labelsText(labels)} ${numberText(value)}`),
    '',
  ].join('\n');

function labelsText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([label, value]) => `${label}="${value.replace(/[\\\n"]/g, escaped)}"`);
  return texts.length === 0 ? '' : `{${texts.join(',')}}`;
}

const escaped = (character: string): string => (character === '\n' ? '\\n' : `\\${character}`);

const numberText = (value: number): string => {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
};
