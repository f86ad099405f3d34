%%% Log events of the port program, for the bridge: a logger handler that pushes them as
%%% `{push, log, #{level, text}}'. Nothing of them is printed here.
%%%
%%% The handler runs in the process that logs.
-module(beamtalk_port_log).

-export([install/0, log/2]).

%% @doc Takes the place of the handler that prints.
-spec install() -> ok.
install() ->
    _ = logger:remove_handler(default),
    _ = logger:add_handler(?MODULE, ?MODULE, #{level => notice}),
    ok.

%% @doc One event; called by `logger'.
-spec log(logger:log_event(), logger:handler_config()) -> ok.
log(#{level := Level} = Event, _) ->
    Text = logger_formatter:format(Event, #{single_line => false, template => [msg]}),
    beamtalk_port:push(log, #{level => Level, text => unicode:characters_to_binary(Text)}).
