-- Every mailing goes to a contact that has agreed at some time: in the history of the CRM there is a yes at or before the day of sending.
select m.message_id, m.sent_at
from marts.messages m
join clean.mailing_events s on s.message_id = m.message_id and s.what = 'sent'
left join raw.crm_contacts c
  on c.contact_id = s.contact_id
  and lower(c.mail_consent) in ('yes', 'ja', '1')
  and c.updated_at <= m.sent_at
where c.contact_id is null
