%% @doc Primitives of `Inspector': a cursor over the parts of any object. An actor's parts are those
%% of its state at the moment of asking.
-module(beamtalk_inspector).

-export(['class on:'/2, subject/1, kind/1, fields/1, size/1, 'at:'/2, 'page:'/2, 'evaluate:'/2]).
-export([parent/1, path/1, refresh/1, 'printStringExpanded:'/2]).

-compile({no_auto_import, [size/1]}).

-define(PAGE, 100).
-define(STATE_WAIT, 1000).

-type inspector() :: #{'__class__' := module(), subject := term(), parent := nil | map(), name := term(), page := pos_integer()}.

-spec 'class on:'(term(), term()) -> inspector().
'class on:'(_, Subject) -> cursor(Subject, nil, nil).

cursor(Subject, Parent, Name) ->
    #{'__class__' => 'bt@stdlib@Inspector', subject => Subject, parent => Parent, name => Name, page => 1}.

-spec subject(inspector()) -> term().
subject(#{subject := Subject}) -> Subject.

-spec parent(inspector()) -> inspector() | nil.
parent(#{parent := Parent}) -> Parent.

-spec path(inspector()) -> list().
path(#{parent := nil}) -> [];
path(#{parent := Parent, name := Name}) -> path(Parent) ++ [Name].

-spec kind(inspector()) -> atom().
kind(#{subject := Subject}) -> kind_of(Subject).

kind_of({'$actor', _, _}) -> actor;
kind_of({Tag, _}) when Tag =:= '$class'; Tag =:= '$metaclass' -> class;
kind_of(X) when is_list(X) -> collection;
kind_of(#{'__class__' := Module}) ->
    case beamtalk_class:inherits(Module, 'bt@stdlib@Collection') of
        true -> collection;
        false -> value
    end;
kind_of(X) when is_map(X) -> dictionary;
kind_of(X) when is_tuple(X) -> tuple_kind(beamtalk_class:class_of(X));
kind_of(_) -> primitive.

tuple_kind('bt@stdlib@Tuple') -> collection;
tuple_kind(_) -> primitive.

%%% Parts

parts(Subject) -> parts(kind_of(Subject), Subject).

parts(collection, X) ->
    Elements = beamtalk_check:elements(X, 'Inspector', fields),
    lists:zip(lists:seq(1, length(Elements)), Elements);
parts(dictionary, X) ->
    [{Key, maps:get(Key, X)} || Key <- beamtalk_dictionary:keys(X)];
parts(actor, Actor) ->
    state_parts(Actor, beamtalk_send:send(Actor, pid, []));
parts(value, #{'__class__' := Module} = X) ->
    Declared = [F || F <- beamtalk_object:fieldNames(X), is_map_key(F, X)],
    Others = lists:sort(maps:keys(maps:without(['__class__' | Declared], X))),
    case beamtalk_class:inherits(Module, 'bt@stdlib@Exception') of
        true -> [{F, maps:get(F, X)} || F <- Declared ++ Others, F =/= stack_trace];
        false -> [{F, maps:get(F, X)} || F <- Declared]
    end;
parts(class, Class) ->
    [{S, beamtalk_send:send(Class, S, [])} || S <- [name, superclass, selectors, fieldNames]];
parts(primitive, _) ->
    [].

%% The state comes from the process itself, between two messages.
state_parts(Actor, Pid) when Pid =/= self() ->
    try sys:get_state(Pid, ?STATE_WAIT) of
        State -> named_parts(Actor, State)
    catch
        exit:_ -> []
    end;
state_parts(Actor, _) ->
    case get('$bt_state') of
        State when is_map(State) -> named_parts(Actor, State);
        _ -> []
    end.

named_parts({'$actor', Module, _}, State) ->
    Declared = [F || F <- beamtalk_class:all_fields(Module), is_map_key(F, State)],
    Others = lists:sort(maps:keys(maps:without(['__class__' | Declared], State))),
    [{F, maps:get(F, State)} || F <- Declared ++ Others].

-spec size(inspector()) -> non_neg_integer().
size(#{subject := Subject}) -> length(parts(Subject)).

-spec fields(inspector()) -> [map()].
fields(#{subject := Subject, page := Page}) ->
    [field(Part) || Part <- lists:sublist(parts(Subject), (Page - 1) * ?PAGE + 1, ?PAGE)].

field({Name, Value}) -> #{'__class__' => 'bt@stdlib@InspectorField', name => Name, value => Value}.

-spec 'at:'(inspector(), term()) -> beamtalk_result:result().
'at:'(#{subject := Subject} = Self, Name) ->
    case [Value || {N, Value} <- parts(Subject), N =:= Name] of
        [Value | _] -> beamtalk_result:ok(cursor(Value, Self, Name));
        [] -> failure(not_found, 'at:', ["no part is called ", beamtalk_print:print_string(Name)])
    end.

-spec 'page:'(inspector(), term()) -> beamtalk_result:result().
'page:'(Self, Number) ->
    Page = beamtalk_check:positive(Number, 'Inspector', 'page:'),
    case Page =:= 1 orelse (Page - 1) * ?PAGE < size(Self) of
        true -> beamtalk_result:ok(Self#{page := Page});
        false -> failure(index_out_of_bounds, 'page:', ["there is no page ", integer_to_binary(Page)])
    end.

%% The text is compiled by the workspace's toolchain. Of an actor the state is the one at the moment
%% of asking.
-spec 'evaluate:'(inspector(), term()) -> beamtalk_result:result().
'evaluate:'(#{subject := Subject}, Source) ->
    Text = beamtalk_check:string(Source, 'Inspector', 'evaluate:'),
    case code:ensure_loaded(beamtalk_workspace_inspection) of
        {module, Module} -> Module:evaluate(Subject, state(Subject), Text);
        {error, _} -> failure(unsupported, 'evaluate:', <<"needs a workspace: there is none on this node">>)
    end.

state({'$actor', _, _} = Actor) ->
    case beamtalk_actor:resolve(Actor) of
        Pid when is_pid(Pid), Pid =/= self() ->
            try
                sys:get_state(Pid, ?STATE_WAIT)
            catch
                exit:_ -> nil
            end;
        _ ->
            get('$bt_state')
    end;
state(_) ->
    nil.

failure(Kind, Selector, Shown) ->
    Message = ["Inspector>>", atom_to_binary(Selector), " ", Shown],
    beamtalk_result:error(beamtalk_exception:make(Kind, 'Inspector', Selector, Message, nil, nil)).

%% The same place, from the root's present parts on.
-spec refresh(inspector()) -> inspector().
refresh(#{parent := nil} = Self) -> Self;
refresh(#{parent := Parent, name := Name} = Self) ->
    Above = refresh(Parent),
    case [Value || {N, Value} <- parts(subject(Above)), N =:= Name] of
        [Value | _] -> Self#{subject := Value, parent := Above};
        [] -> Self#{parent := Above}
    end.

%%% The text tree

-spec 'printStringExpanded:'(inspector(), term()) -> binary().
'printStringExpanded:'(#{subject := Subject} = Self, Depth) ->
    Levels = beamtalk_check:non_negative(Depth, 'Inspector', 'printStringExpanded:'),
    Shown = [{name(F), maps:get(value, F)} || F <- fields(Self)],
    More = more(size(Self) - length(Shown)),
    unicode:characters_to_binary([
        title(Subject), branches(limited(Shown, Levels) ++ More, <<>>, Levels - 1)
    ]).

limited(_, 0) -> [];
limited(Parts, _) -> Parts.

more(Hidden) when Hidden > 0 -> [{<<"...">>, {hidden, Hidden}}];
more(_) -> [].

name(#{name := Name}) when is_atom(Name) -> atom_to_binary(Name);
name(#{name := Name}) -> beamtalk_print:print_string(Name).

title(Subject) ->
    Class = atom_to_binary(beamtalk_class:class_name(Subject)),
    [Class, ": ", beamtalk_print:brief(Subject)].

branches([], _, _) -> [];
branches([Last], Indent, Levels) -> branch(Last, Indent, <<"└── "/utf8>>, <<"    ">>, Levels);
branches([Part | Rest], Indent, Levels) ->
    [branch(Part, Indent, <<"├── "/utf8>>, <<"│   "/utf8>>, Levels) | branches(Rest, Indent, Levels)].

branch({Name, {hidden, Count}}, Indent, Mark, _, _) ->
    ["\n", Indent, Mark, Name, " ", integer_to_binary(Count), " more"];
branch({Name, Value}, Indent, Mark, Below, Levels) ->
    Parts = case Levels > 0 of
        true -> [{name(#{name => N}), V} || {N, V} <- lists:sublist(parts(Value), ?PAGE)];
        false -> []
    end,
    [
        "\n", Indent, Mark, Name, ": ", beamtalk_print:brief(Value),
        branches(Parts, <<Indent/binary, Below/binary>>, Levels - 1)
    ].
