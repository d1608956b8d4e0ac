/** Statements of wallets, and the settlement export (decisions/0029). */
export { statementRoutes } from './routes.ts';
