/** The look of the readable page: ink on paper, vermilion for what matters, dark at night, plain in print. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1b2430; --soft: #5a6675; --line: #dfe2e4; --code: #f2f3f1;
  --brand: #14424f; --mark: #b3261e; --green: #1f6f4a; --amber: #8a5a00; --tint: #e8f0f1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #11161b; --card: #182028; --ink: #e4e8ea; --soft: #9aa8b4; --line: #2b353f; --code: #1f2932;
    --brand: #8cc7d4; --mark: #ff8d80; --green: #7cd0a4; --amber: #e2b566; --tint: #1b2b31;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink); font-size: 1rem; line-height: 1.65;
  font-family: system-ui, -apple-system, "Segoe UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif;
}
a { color: var(--brand); text-underline-offset: 0.2em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: 0.5rem 1rem; }
.notice { background: var(--mark); color: var(--paper); text-align: center; padding: 0.35rem 1rem; font-size: 0.9rem; }
.frame { max-width: 78rem; margin: 0 auto; padding: 0 1.5rem; display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 3rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2rem 0; font-size: 0.92rem; }
nav .name { display: flex; gap: 0.75rem; align-items: center; margin-bottom: 1.5rem; }
nav svg { width: 2.4rem; height: 2.4rem; color: var(--brand); flex: none; }
nav .name b { display: block; font-size: 1.25rem; line-height: 1.2; letter-spacing: 0.05em; }
nav .name span { color: var(--soft); font-size: 0.85rem; }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; }
nav li { margin: 0.15rem 0; }
nav li li { padding-left: 0.9rem; border-left: 1px solid var(--line); margin: 0; }
nav a { text-decoration: none; color: var(--ink); display: block; padding: 0.12rem 0; }
nav a:hover { color: var(--mark); }
nav li li a { color: var(--soft); }
.languages { display: flex; gap: 0.75rem; }
.languages [aria-current] { font-weight: 600; color: var(--soft); }
main { padding: 2.5rem 0 5rem; min-width: 0; }
h1, h2, h3 { line-height: 1.25; font-family: "Source Han Serif SC", "Noto Serif CJK SC", "Songti SC", STSong, Georgia, "Times New Roman", serif; text-wrap: balance; }
h1 { font-size: 2.4rem; margin: 0 0 0.75rem; color: var(--brand); }
h2 { font-size: 1.7rem; margin: 4rem 0 1rem; padding-top: 1rem; border-top: 3px double var(--line); color: var(--brand); }
h3 { font-size: 1.2rem; margin: 0; }
h4 { font-size: 0.95rem; margin: 1.4rem 0 0.4rem; color: var(--soft); font-weight: 600; }
.lead { font-size: 1.12rem; max-width: 44rem; }
.fine { color: var(--soft); font-size: 0.88rem; overflow-wrap: anywhere; }
ol.way { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: 0.5rem; counter-reset: step; }
ol.way li { counter-increment: step; background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--brand); padding: 0.5rem 0.75rem; border-radius: 4px; font-size: 0.9rem; }
ol.way li::before { content: counter(step); float: right; color: var(--soft); font-size: 0.8rem; }
ol.way b { display: block; }
ol.way .key { border-top-color: var(--mark); }
article { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 1.4rem 1.6rem; margin: 1.2rem 0; }
article header { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: baseline; justify-content: space-between; }
article > p { margin: 0.5rem 0; }
.badges { display: flex; flex-wrap: wrap; gap: 0.35rem; }
.badge { font-size: 0.78rem; line-height: 1.6; padding: 0 0.55rem; border-radius: 99px; border: 1px solid currentColor; white-space: nowrap; color: var(--soft); }
.badge.good { color: var(--green); } .badge.care { color: var(--amber); } .badge.stop { color: var(--mark); }
.path { display: block; margin: 0.8rem 0; padding: 0.5rem 0.8rem; background: var(--tint); border-radius: 4px; overflow-x: auto; white-space: nowrap; }
.path b { color: var(--mark); margin-right: 0.6rem; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace; font-size: 0.87em; }
:not(pre) > code { background: var(--code); padding: 0.08em 0.35em; border-radius: 3px; overflow-wrap: anywhere; }
.path code { background: none; padding: 0; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 4px; padding: 0.8rem 1rem; overflow-x: auto; line-height: 1.55; margin: 0.4rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
caption { text-align: left; font-weight: 600; color: var(--soft); font-size: 0.95rem; padding: 1.2rem 0 0.4rem; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 1rem 0.45rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); font-size: 0.84rem; white-space: nowrap; }
td:first-child code { white-space: nowrap; }
tr:target td { background: var(--tint); }
td .badge { margin-right: 0.2rem; }
table.fields td:nth-child(2) { min-width: 6.5rem; }
table.fields td:nth-child(3) { min-width: 11rem; }
table.vocabulary td:nth-child(2), table.errors td:nth-child(3) { min-width: 7rem; }
table.errors td:nth-child(2) { font-variant-numeric: tabular-nums; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 3px double var(--line); }
@media (max-width: 60rem) {
  .frame { display: block; padding: 0 1rem; }
  nav { position: static; max-height: none; padding: 1rem 0 0; }
  nav ul { columns: 2; }
  nav ul ul { display: none; }
  main { padding-top: 1rem; }
  h1 { font-size: 1.8rem; }
  article { padding: 1rem; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --code: #fff; --brand: #000; --mark: #000; --tint: #fff; --green: #000; --amber: #000; }
  body { font-size: 10pt; }
  nav, .skip { display: none; }
  .frame { display: block; padding: 0; }
  .notice { color: #000; border: 1px solid #000; }
  article, tr, pre { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  pre { white-space: pre-wrap; }
  main { padding: 0; }
}
`;
