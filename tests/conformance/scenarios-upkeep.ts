export const upkeepScenarios = [];
