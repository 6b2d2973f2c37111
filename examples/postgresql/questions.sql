-- Who is quoted most, in English where the name is known.
SELECT coalesce(name_latin_text, entities.name) AS who, count(*) AS said
FROM khabar_records_quotations AS quotations
JOIN khabar_records_entities AS entities USING (outcome_id)
WHERE entities.id = quotations.speaker_entity
GROUP BY 1 ORDER BY 2 DESC, 1;

-- Casualties and people affected, by day.
SELECT published_at_utc::date AS day, category, sum(value) AS people
FROM khabar_records_quantities JOIN khabar_records USING (outcome_id)
WHERE category IN ('killed', 'wounded', 'people', 'displaced')
GROUP BY 1, 2 ORDER BY 1, 2;

-- Exactly what was said, cut from the article: offsets count characters from 0, PostgreSQL's substr from 1.
SELECT substr(record ->> 'text', start::int + 1, ("end" - start)::int) AS quotation, url
FROM khabar_records_quotations JOIN khabar_records USING (outcome_id)
ORDER BY published_at_utc;
