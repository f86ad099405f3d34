%% @doc Ends processes for good, also those that a supervisor of somebody else has among its children: that
%% one would start again what was ended, fail since the code has gone, and end with all else that it has.
%% Runs in the process that wants them to end.
-module(beamtalk_workspace_stopped).

-export([stop/2]).

%% @doc Ends a process, within as many milliseconds or by force; its supervisor forgets it first.
-spec stop(pid(), timeout()) -> ok.
stop(Pid, Limit) ->
    _ = [taken_away(Supervisor, Pid, Limit) || Supervisor <- supervisor(Pid)],
    try gen_server:stop(Pid, normal, Limit)
    catch exit:_ -> exit(Pid, kill)
    end,
    ok.

%% The one that started the process, where it is a supervisor; Elixir's dynamic ones are called alike.
supervisor(Pid) ->
    case process_info(Pid, dictionary) of
        {dictionary, Dictionary} ->
            Ancestors = proplists:get_value('$ancestors', Dictionary, []),
            [Parent || Parent <- lists:sublist([process(Each) || Each <- Ancestors], 1), is_supervisor(Parent)];
        undefined ->
            []
    end.

process(Name) when is_atom(Name) -> whereis(Name);
process(Pid) -> Pid.

is_supervisor(Pid) when is_pid(Pid), node(Pid) =:= node() ->
    case proc_lib:translate_initial_call(Pid) of
        {supervisor, _, _} -> true;
        _ -> false
    end;
is_supervisor(_) -> false.

taken_away(Supervisor, Pid, Limit) ->
    try [Id || {Id, Child, _, _} <- gen_server:call(Supervisor, which_children, Limit), Child =:= Pid] of
        [undefined] -> gen_server:call(Supervisor, {terminate_child, Pid}, Limit);
        [Id] ->
            _ = gen_server:call(Supervisor, {terminate_child, Id}, Limit),
            gen_server:call(Supervisor, {delete_child, Id}, Limit);
        [] -> ok
    catch
        exit:_ -> ok
    end.
