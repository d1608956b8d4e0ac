/** The page's style, in the values of the product's look. */
export const styleSheet = `:root {
  color-scheme: light dark;
  --ground: #0f2f27; --on-ground: #f5f4ec; --on-ground-2: #bcd0c6;
  --paper: #f2f4ee; --surface: #ffffff; --sunken: #e5e9e1; --line: #d6dbd1;
  --ink: #12231d; --ink-2: #46544d; --brass: #dfac50; --on-brass: #14231c; --link: #76530b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0c261f; --on-ground: #f2f2ea; --on-ground-2: #b3c9be;
    --paper: #0b1310; --surface: #16211d; --sunken: #0e1815; --line: #2a3832;
    --ink: #eef2eb; --ink-2: #b7c4bd; --brass: #e2b25b; --link: #e8bf74;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 450 1rem/1.5 "Golos Text", system-ui, Roboto, sans-serif;
}
.wide { max-width: 60rem; margin: 0 auto; padding: 0 20px; }
.banner {
  margin: 0; padding: 8px 20px; background: var(--brass); color: var(--on-brass);
  text-align: center;
}
header { background: var(--ground); color: var(--on-ground); padding: 40px 0 48px; }
.mark {
  display: flex; align-items: center; gap: 12px; margin: 0 0 32px;
  font-size: 1.375rem; font-weight: 700;
}
.mark svg { fill: var(--brass); }
h1 {
  max-width: 22ch; margin: 0 0 16px; font-size: clamp(1.75rem, 6vw, 3rem); line-height: 1.1;
  letter-spacing: -0.02em; text-wrap: balance;
}
.lead { max-width: 44rem; margin: 0; color: var(--on-ground-2); font-size: 1.125rem; }
.lead b { color: var(--on-ground); }
h2 { margin: 0 0 8px; font-size: 1.375rem; line-height: 1.75rem; }
section { padding: 40px 0 0; }
section p { max-width: 44rem; margin: 0 0 16px; color: var(--ink-2); }
a { color: var(--link); font-weight: 600; }
a:focus-visible { outline: 2px solid var(--ink); outline-offset: 3px; }
code, pre { font: 450 0.875rem/1.5 ui-monospace, "Cascadia Mono", Menlo, monospace; }
pre {
  margin: 0 0 16px; padding: 16px; overflow-x: auto; border-radius: 16px;
  background: var(--ground); color: var(--on-ground);
}
.links { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
.links li { padding: 12px 0; border-bottom: 1px solid var(--line); color: var(--ink-2); }
.links a { display: inline-block; min-width: 11rem; margin-right: 12px; }
.scroll {
  overflow-x: auto; border: 1px solid var(--line); border-radius: 16px;
  background: var(--surface);
}
table { width: 100%; border-collapse: collapse; }
th, td {
  padding: 10px 16px; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top;
}
tr:last-child td { border-bottom: 0; }
th { color: var(--ink-2); font-size: 0.875rem; font-weight: 600; }
td code { white-space: nowrap; }
footer { padding-top: 40px; padding-bottom: 48px; color: var(--ink-2); }
footer p { max-width: 44rem; margin: 0; }
`;
