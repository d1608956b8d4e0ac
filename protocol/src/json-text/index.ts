/** JSON texts as they were written: of what was signed, nothing is rounded or reformatted. */
export { javascriptJson, javascriptNumber } from './javascript.ts';
export { member, plainOf, scalarText } from './node.ts';
export type { JsonMember, JsonNode } from './node.ts';
export { parseJsonText } from './parse.ts';
export type { JsonTextCode, JsonTextLimits } from './parse.ts';
export { pythonJson, pythonString } from './python.ts';
export type { PythonForm } from './python.ts';
