%% @doc Formats events of OTP's log as one JSON object a line.
-module(beamtalk_log_json).

-export([format/2]).

-spec format(logger:log_event(), logger:formatter_config()) -> unicode:chardata().
format(#{level := Level, meta := #{time := Time} = Meta} = Event, Config) ->
    Message = logger_formatter:format(Event, Config#{template => [msg], single_line => true}),
    Entry = #{
        time => list_to_binary(calendar:system_time_to_rfc3339(Time, [{unit, microsecond}, {offset, "Z"}])),
        level => Level,
        message => unicode:characters_to_binary(Message),
        pid => list_to_binary(pid_to_list(maps:get(pid, Meta, self())))
    },
    [beamtalk_json:'class generate:'(nil, Entry), $\n].
