/** The mailbox page's style, in the values of the product's look; made for a phone's width. */
export const mailboxStyle = `:root {
  color-scheme: light dark;
  --ground: #0f2f27; --ground-line: #3b6a5b; --on-ground: #f5f4ec; --on-ground-2: #bcd0c6;
  --paper: #f2f4ee; --surface: #ffffff; --sunken: #e5e9e1; --line: #d6dbd1;
  --ink: #12231d; --ink-2: #46544d; --brass: #dfac50; --on-brass: #14231c;
  --focus: #12231d; --focus-ground: #dfac50;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0c261f; --ground-line: #35614f; --on-ground: #f2f2ea; --on-ground-2: #b3c9be;
    --paper: #0b1310; --surface: #16211d; --sunken: #0e1815; --line: #2a3832;
    --ink: #eef2eb; --ink-2: #b7c4bd; --brass: #e2b25b; --focus: #e2b25b;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font-weight: 450; }
body { min-height: 100vh; margin: 0; display: flex; flex-direction: column; }
[lang="en"] { font-family: "Golos Text", system-ui, Roboto, sans-serif; line-height: 1.5; }
[lang="ur"] {
  font-family: "Noto Nastaliq Urdu", "Jameel Noori Nastaleeq", serif; line-height: 2.1;
}
header { padding: 8px 20px 24px; background: var(--ground); color: var(--on-ground); }
header > *, main { width: 100%; max-width: 37.5rem; margin-inline: auto; }
main { max-width: 40rem; }
.bar { display: flex; align-items: center; justify-content: space-between; min-height: 56px; }
.bar a { color: inherit; text-decoration: none; }
.mark { display: flex; align-items: center; gap: 12px; min-height: 48px; font-weight: 700; }
.mark span { font-size: 1.125rem; }
.mark svg { fill: var(--brass); }
.language {
  display: flex; align-items: center; min-height: 48px; padding: 0 16px;
  border: 1.5px solid var(--ground-line); border-radius: 999px; font-weight: 600;
}
h1 { margin: 8px auto 4px; font-size: min(1.75rem, 9vw); line-height: 1.214; font-weight: 700; }
header p { margin-block: 0; color: var(--on-ground-2); }
header b { color: var(--brass); }
h1:lang(ur) { line-height: 2.15; font-weight: 600; }
main { flex: 1; padding: 20px; }
details {
  margin-bottom: 12px; border: 1px solid var(--line); border-radius: 16px;
  background: var(--surface);
}
summary {
  display: grid; grid-template-columns: 1fr auto; row-gap: 4px; align-items: center;
  min-height: 68px; padding: 12px 16px; cursor: pointer; list-style: none;
}
summary::-webkit-details-marker { display: none; }
.subject { font-weight: 600; }
details[open] summary code { display: none; }
summary code {
  margin-inline-start: 12px; padding: 4px 12px; border-radius: 10px;
  background: var(--sunken);
  font: 700 1.125rem/1.5 ui-monospace, "Cascadia Mono", Menlo, monospace; letter-spacing: 0.06em;
}
.meta {
  grid-column: 1 / -1; display: flex; flex-wrap: wrap; justify-content: space-between;
  gap: 0 12px; color: var(--ink-2); font-size: 0.875rem; overflow-wrap: anywhere;
}
.text { padding: 4px 16px 16px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.text p { margin: 12px 0 0; }
.text .code {
  padding: 12px; border-radius: 16px; background: var(--sunken); text-align: center;
  font: 700 2rem/1.2 ui-monospace, "Cascadia Mono", Menlo, monospace; letter-spacing: 0.16em;
}
.empty { padding: 40px 0; text-align: center; color: var(--ink-2); }
.empty h2 { margin: 0 0 8px; color: var(--ink); font-size: 1.375rem; }
nav {
  position: sticky; bottom: 0; max-width: none; padding: 12px 20px 20px;
  border-top: 1px solid var(--line); background: var(--paper);
}
.reload { max-width: 37.5rem; margin: 0 auto; }
.reload {
  display: flex; align-items: center; justify-content: center; min-height: 56px;
  border-radius: 16px; background: var(--brass); color: var(--on-brass);
  font-size: 1.125rem; font-weight: 700; text-decoration: none;
}
a:focus-visible, summary:focus-visible {
  outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 16px;
}
header a:focus-visible { outline-color: var(--focus-ground); }
@media (min-width: 48rem) { nav { position: static; border: 0; } }
`;
