/**
 * Zones whose clocks have been set back to midnight or past it since 2000, so that a day of theirs has had two midnights: in the zone database of 2025 (`zoneinfo`: the offset of 00:00
 * with fold 0 is the larger). Newfoundland, which went back from 00:01 until 2010, had no first instant of such a day at all and is left out.
 */
const zones: ReadonlySet<string> = new Set([
  'America/Havana',
  'America/Managua',
  'America/Scoresbysund',
  'Antarctica/Casey',
  'Antarctica/Davis',
  'Antarctica/Vostok',
  'Asia/Amman',
  'Asia/Chita',
  'Asia/Colombo',
  'Asia/Gaza',
  'Asia/Hebron',
  'Asia/Jerusalem',
  'Asia/Magadan',
  'Asia/Tel_Aviv',
  'Atlantic/Azores',
  'Cuba',
  'Israel',
]);

/** Whether midnight may come twice in a zone, given as the SQL literal that names it. */
export function mayStrikeTwice(zone: string): boolean {
  return zones.has(zone.slice(1, -1));
}
