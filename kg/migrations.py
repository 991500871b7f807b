"""The tables of this room, and how they came to be what they are: each step is run once, in order.

What is found in a chunk is stored in one row, its mentions as JSON: they are only ever read all together, and 100,000
chunks of 60 mentions are read three times as fast as from six million rows. Every row of the graph hangs on such a row
by foreign keys, with triggers for what a key can't say: a relation goes with its last quote, a concept with its last
place. Between a deletion and the next `write_graph` the numbers of what is left are those of before, and `stale`
says so.
"""

MIGRATIONS = (
    """
    create table found (
        chunk integer primary key references chunks on delete cascade,
        made_by text not null,         -- the mention finder and its version
        sentences text not null,       -- JSON list of [start, end]
        mentions text not null,        -- JSON list of [start, end, sentence, key, cues]
        glosses text not null          -- JSON list of [start, end, left, right]
    ) strict;
    create table graph (
        one integer primary key check (one = 1),
        made_by text not null          -- the recipe of what stands below; '' where it no longer follows from `found`
    ) strict;
    insert into graph values (1, '');
    create table concepts (
        key integer primary key,
        id text not null unique,
        name text not null,
        label_en text not null,
        label_zh text not null,
        aliases text not null,         -- JSON list
        kind text not null,
        n_sources integer not null,
        n_mentions integer not null,
        score real not null
    ) strict;
    create table spellings (
        concept integer not null references concepts on delete cascade,
        key text not null,
        primary key (concept, key)
    ) strict, without rowid;
    create index spellings_key on spellings (key);
    create table places (
        concept integer not null references concepts on delete cascade,
        chunk integer not null references found on delete cascade,
        count integer not null,
        spans text not null,           -- JSON list of [start, end], relative to the chunk's text
        primary key (concept, chunk)
    ) strict, without rowid;
    create index places_chunk on places (chunk);
    create table relations (
        key integer primary key,
        a integer not null references concepts on delete cascade,
        b integer not null references concepts on delete cascade,
        type text not null,
        weight real not null,
        llr real not null,
        npmi real not null,
        count integer not null,
        n_sources integer not null,
        n_sites integer not null,
        unique (a, b)
    ) strict;
    create index relations_b on relations (b);
    create table evidence (
        relation integer not null references relations on delete cascade,
        place integer not null,        -- from 0, best first
        chunk integer not null references found on delete cascade,
        start integer not null,        -- relative to the chunk's text: a chunk may move in its document
        quote text not null,           -- kept beside the text so that either can be checked by the other
        primary key (relation, place)
    ) strict, without rowid;
    create index evidence_chunk on evidence (chunk);
    create table names (
        name text primary key,         -- of a concept
        made_by text not null,         -- the encoder
        vector blob not null           -- fp16, little-endian
    ) strict, without rowid;
    create trigger evidence_go after delete on evidence
        when not exists (select 1 from evidence where relation = old.relation)
        begin delete from relations where key = old.relation; end;
    create trigger places_go after delete on places
        when not exists (select 1 from places where concept = old.concept)
        begin
            delete from names where name = (select name from concepts where key = old.concept);
            delete from concepts where key = old.concept;
        end;
    create trigger found_come after insert on found
        begin update graph set made_by = ''; end;
    create trigger found_go after delete on found
        begin update graph set made_by = ''; end;
    create trigger chunks_marked after update on chunks  -- cues come from the mark-up, which an id does not name
        when old.lang != new.lang or old.title != new.title or old.heading != new.heading
            or old.blocks != new.blocks or old.marks != new.marks
        begin delete from found where chunk = new.key; end;
    create trigger chunks_moved after update of start on chunks when old.start != new.start
        begin update graph set made_by = ''; end;
    """,
    """
    create table definitions (
        concept integer not null references concepts on delete cascade,
        chunk integer not null references found on delete cascade,
        start integer not null,        -- relative to the chunk's text, as of evidence
        quote text not null,
        score real not null,
        primary key (concept, chunk)   -- one a language, and a chunk is in one language
    ) strict, without rowid;
    create index definitions_chunk on definitions (chunk);
    """,
    """
    -- which spelling this one belongs to, and what says so; both empty for the name and for what no text has
    alter table spellings add column other text not null default '';
    alter table spellings add column witness text not null default '';
    -- JSON list: the decisions of the user that found nothing to decide when the graph was made
    alter table graph add column unmatched text not null default '[]';
    """,
    """
    alter table relations add column said integer;  -- digest of all quotes, not only of those shown; null: look again
    create table accounts (            -- what a source says about candidates; made of `found`, and gone when that moves
        source integer primary key references documents on delete cascade,
        made_by text not null,
        glosses text not null,         -- JSON list of [left key, right key, count]
        heads blob not null,           -- zlib, JSON: keys, their counts, whether something points at each
        terms blob not null,           -- zlib, JSON list of [key, count, surfaces, cues]: evidence.Term
        over blob not null,            -- zlib, JSON: what is found in each of its titles and headings
        keys blob not null             -- sorted 64-bit hashes of all keys in both
    ) strict;
    create table tallies (             -- what a source says of concepts: tally.Tally
        source integer primary key references documents on delete cascade,
        made_of text not null,         -- recipe, and a digest of what its keys name
        placed integer not null,       -- whether `places` holds its places
        concepts text not null,        -- JSON
        chunks text not null,          -- JSON
        windows integer not null,
        single blob not null,
        places blob not null,
        pairs blob not null,
        quotes blob not null,
        portrait blob not null         -- zlib, JSON: portraits.Portrait
    ) strict;
    create trigger counted_come after insert on found begin
        delete from accounts where source = (select source from chunks where key = new.chunk);
        delete from tallies where source = (select source from chunks where key = new.chunk);
    end;
    create trigger counted_go after delete on found begin
        delete from accounts where source = (select source from chunks where key = old.chunk);
        delete from tallies where source = (select source from chunks where key = old.chunk);
    end;
    create trigger counted_gone after delete on chunks begin
        delete from accounts where source = old.source;
        delete from tallies where source = old.source;
    end;
    create trigger counted_moved after update of start on chunks when old.start != new.start
        begin delete from tallies where source = new.source; end;
    create trigger evidence_less after delete on evidence
        begin update relations set said = null where key = old.relation; end;
    """,
    """
    drop table accounts;               -- made of `found`, so made again
    create table accounts (            -- what a source says about candidates; made of `found`, and gone when that moves
        source integer primary key references documents on delete cascade,
        made_by text not null,
        glosses text not null,         -- JSON list of [left key, right key, count]
        keys blob not null,            -- 64-bit hashes of its keys, in their order
        heads blob not null,           -- zlib: evidence.HEAD
        cues blob not null,            -- zlib: mentions that have each of evidence.CUES
        times blob not null,           -- zlib: how often each spelling is written
        words blob not null,           -- zlib: a line for each key, then one for each spelling
        over blob not null,            -- zlib, JSON: what is found in each of its titles and headings
        over_keys blob not null        -- sorted 64-bit hashes of keys that only these have
    ) strict;
    """,
)
