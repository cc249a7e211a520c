-- What happened in channels, by the hour: one row for each kind of event that an hour had. what: model::series::Counted.
CREATE TABLE channel_series (
    channel_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (channel_id, hour, what)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_series_by_hour ON channel_series (hour, channel_id);
