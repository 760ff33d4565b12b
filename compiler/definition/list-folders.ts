/** Where the lists of ids stand that segments name. */
export const listFolders: readonly string[] = ['lists/', 'segments/'];
