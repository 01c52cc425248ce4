/** Where a person finds more: a fixed list, so that no other address can be opened by asking for help. No imports. */

export const helpPages = ['conexor', 'conexor-plans', 'claude'] as const;
export type HelpPage = (typeof helpPages)[number];

export const helpAddresses: Readonly<Record<HelpPage, string>> = {
  conexor: 'https://app.conexor.io/',
  // Conexor documents no page of its own for plans; they are in the dashboard.
  'conexor-plans': 'https://app.conexor.io/',
  claude: 'https://claude.ai/download',
};
