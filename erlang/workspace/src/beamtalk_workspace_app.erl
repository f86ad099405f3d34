%% @doc Starts and stops the workspace application. Runs in the application controller's processes.
-module(beamtalk_workspace_app).
-behaviour(application).

-export([start/2, stop/1]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Arguments) ->
    beamtalk_workspace_sup:start_link().

-spec stop(term()) -> ok.
stop(_State) ->
    ok.
